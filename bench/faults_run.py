"""What does a person do while something is killed, and what are they told?"""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException

from bench.driver import Answer, Connection, Visitor
from bench.faults_plan import Click, Fault
from bench.faults_town import Town
from bench.hashing import PASSWORD
from bench.people import Person

PAUSE = 1.1
"""Seconds after which a code may be sent again here."""
_ADDRESS = {Click.RESEND: "/login/code/resend", Click.CALL: "/login/code/call"}
_STATE = re.compile(r'id="state"[^>]*data-state="([a-z]+)"[^>]*><span>([^<]*)</span>')


class Heard(StrEnum):
    """How a click was answered: with the code page, with an error that says so, not at all, or as nothing should be."""

    YES = "yes"
    REFUSED = "refused"
    SILENCE = "silence"
    ODD = "odd"


@dataclass
class Seen:
    """One run: the person with their browser, what they clicked, how that was answered, and by what if that was odd."""

    fault: Fault
    person: Person
    visitor: Visitor
    clicks: list[Click] = field(default_factory=list)
    answers: Counter[Heard] = field(default_factory=Counter)
    odd: str = ""

    @property
    def heard(self) -> int:
        """How many clicks the portal said that it had heard."""
        return self.answers[Heard.YES]

    def click(self, what: Click) -> None:
        """Click once."""
        self.clicks.append(what)
        try:
            answer = self._log_in() if what is Click.LOGIN else self.visitor.submits(_ADDRESS[what], {})
        except (OSError, HTTPException):
            self.answers[Heard.SILENCE] += 1
            return
        heard = _heard(answer)
        self.answers[heard] += 1
        if heard is Heard.ODD:
            self.odd = f"{what} was answered with {answer.status} {answer.location} {answer.text[:80]!r}"

    def _log_in(self) -> Answer:
        form = self.visitor.opens("/login")
        if form.status != 200:
            return form
        return self.visitor.submits("/login", {"identifier": self.person.username, "password": PASSWORD})

    def waits(self) -> None:
        """Wait until a code may be sent again, and open its page."""
        self.visitor.connection.rest()
        time.sleep(PAUSE)
        with suppress(OSError, HTTPException):
            self.visitor.opens("/login/code")

    def told(self) -> set[tuple[str, str]]:
        """State and sentence on the code page, and those that its script is told; nothing if the person has no such page."""
        self.visitor.connection.rest()
        page = self.visitor.opens("/login/code")
        said = json.loads(self.visitor.opens("/login/code/state").text)
        found = _STATE.search(page.text)
        shown = {(found[1], html.unescape(found[2]))} if found else set()
        return shown if said["done"] else {*shown, (said["state"], said["sentence"])}


def _heard(answer: Answer) -> Heard:
    """Whoever has no login under way is led to begin one: that tells them, too."""
    if (answer.status, answer.location) == (303, "/login/code"):
        return Heard.YES
    told = (answer.status >= 400 and answer.text) or (answer.status, answer.location) == (303, "/login")
    return Heard.REFUSED if told else Heard.ODD


def run(town: Town, fault: Fault, person: Person) -> Seen:
    """Let one fault happen, and mend what it broke."""
    seen = Seen(fault, person, Visitor(Connection(town.portal.port)))
    if fault.click is not Click.LOGIN:
        town.behave()
        seen.click(Click.LOGIN)
        seen.waits()
    town.misbehave(fault)
    clicking = threading.Thread(target=seen.click, args=(fault.click,))
    clicking.start()
    time.sleep(fault.moment)
    town.kill(fault.victim)
    clicking.join()
    town.mend()
    return seen
