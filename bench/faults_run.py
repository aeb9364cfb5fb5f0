"""What does a person do while something is killed, and what are they told?"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException

from bench.driver import Connection, UnexpectedAnswer, Visitor, first_factor
from bench.faults_plan import Click, Fault
from bench.faults_town import Town
from bench.hashing import PASSWORD
from bench.people import Person

PAUSE = 1.1
"""Seconds after which a code may be sent again here."""


@dataclass
class Seen:
    """One run: the person with their browser, how often they clicked, and how often the portal said that it was heard."""

    fault: Fault
    person: Person
    visitor: Visitor
    clicks: int = 0
    heard: int = 0

    def click(self, what: Click) -> None:
        """Click once. An answer that says no, and none at all, tell the person that something is wrong."""
        self.clicks += 1
        try:
            if what is Click.LOGIN:
                first_factor(self.visitor, identifier=self.person.username, password=PASSWORD)
            else:
                answer = self.visitor.submits("/login/code/resend", {})
                # Whoever has no login under way is led to begin one.
                if (answer.status, answer.location) != (303, "/login/code"):
                    raise UnexpectedAnswer(answer.status)
        except (UnexpectedAnswer, OSError, HTTPException):
            return
        self.heard += 1

    def told(self) -> str | None:
        """What the code page says now became of the newest message; None if the person has no such page."""
        self.visitor.connection.rest()
        answer = self.visitor.opens("/login/code/state")
        said = json.loads(answer.text) if answer.status == 200 else {}
        return said.get("state")


def run(town: Town, fault: Fault, person: Person) -> Seen:
    """Let one fault happen, and mend what it broke."""
    seen = Seen(fault, person, Visitor(Connection(town.portal.port)))
    if fault.click is Click.RESEND:
        town.gateway.answers("ok")
        seen.click(Click.LOGIN)
        time.sleep(PAUSE)
        seen.visitor.opens("/login/code")
    town.gateway.answers(fault.mood, seconds=fault.takes)
    clicking = threading.Thread(target=seen.click, args=(fault.click,))
    clicking.start()
    time.sleep(fault.moment)
    town.kill(fault.victim)
    clicking.join()
    town.mend()
    return seen
