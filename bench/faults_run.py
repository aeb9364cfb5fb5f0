"""What does a person do while something is killed, and what are they told?"""

from __future__ import annotations

import html
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.driver import Answer, Connection, Visitor
from bench.faults_plan import Click, Fault
from bench.faults_town import Town
from bench.hashing import PASSWORD
from bench.people import Person

PAUSE = 1.1
"""Seconds after which a code may be sent again here."""
CODE, LOGIN = "/login/code", "/login"
_ADDRESS = {Click.RESEND: "/login/code/resend", Click.CALL: "/login/code/call", Click.CANCEL: "/login/cancel"}
_LEADS_TO = {Click.LOGIN: CODE, Click.RESEND: CODE, Click.CALL: CODE, Click.CANCEL: LOGIN}
_STATE = re.compile(r'class="state ([a-z]+)" id="state"[^>]*><span>([^<]*)</span>')


@dataclass
class Seen:
    """One run: the person with their browser, what they clicked, which clicks were heard, and what answer was an odd one.

    A click that is not heard is answered with an error, or not at all: either tells the person.
    """

    fault: Fault
    person: Person
    visitor: Visitor
    clicks: list[Click] = field(default_factory=list)
    heard: list[Click] = field(default_factory=list)
    odd: str = ""

    def click(self, what: Click) -> None:
        """Click once."""
        self.clicks.append(what)
        try:
            answer = self._log_in() if what is Click.LOGIN else self.visitor.submits(_ADDRESS[what], {})
        except (OSError, HTTPException):
            return
        if (answer.status, answer.location) == (303, _LEADS_TO[what]):
            self.heard.append(what)
        elif not _says_no(answer):
            self.odd = f"{what} was answered with {answer.status} {answer.location} {answer.text[:80]!r}"

    def _log_in(self) -> Answer:
        form = self.visitor.opens(LOGIN)
        if form.status != 200:
            return form
        return self.visitor.submits(LOGIN, {"identifier": self.person.username, "password": PASSWORD})

    def goes_on(self, seconds: float) -> None:
        """Wait for so long, and open the code page."""
        self.visitor.connection.rest()
        time.sleep(seconds)
        with suppress(OSError, HTTPException):
            self.visitor.opens(CODE)

    def told(self) -> set[tuple[str, str]]:
        """State and sentence on the code page, and those that its script is told; nothing if the person has no such page.

        A page on which they cannot be found says something else than the script is told.
        """
        self.visitor.connection.rest()
        page = self.visitor.opens(CODE)
        said = json.loads(self.visitor.opens("/login/code/state").text)
        found = _STATE.search(page.text)
        shown = {(found[1], html.unescape(found[2]))} if found else set()
        return shown if said["done"] else {*(shown or {("nothing", "")}), (said["state"], said["sentence"])}


def _says_no(answer: Answer) -> bool:
    """An error page. Whoever has no login under way is led to begin one: that tells them, too."""
    return (answer.status >= 400 and bool(answer.text)) or (answer.status, answer.location) == (303, LOGIN)


def run(town: Town, fault: Fault, person: Person) -> Seen:
    """Let one fault happen, and mend what it broke."""
    seen = Seen(fault, person, Visitor(Connection(town.portal.port)))
    _lead(town, fault, seen)
    town.misbehave(fault)
    clicking = threading.Thread(target=seen.click, args=(fault.click,))
    clicking.start()
    time.sleep(fault.moment)
    town.kill(fault.victim)
    clicking.join()
    town.mend()
    time.sleep(fault.rest)
    return seen


def _lead(town: Town, fault: Fault, seen: Seen) -> None:
    """To where the click is possible: with a text that arrived, or, before it is cancelled, while one is on its way."""
    if fault.click is Click.LOGIN:
        return
    cancels = fault.click is Click.CANCEL
    (town.misbehave(fault) if cancels else town.behave())
    seen.click(Click.LOGIN)
    seen.goes_on(fault.pause if cancels else PAUSE)
