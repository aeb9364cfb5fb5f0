"""What do 10 000 tries to pump texts cost, and do honest people come in meanwhile?"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from bench.plan import FULL, Plan
from bench.pumping_town import NOON, Person, Town, numbers, town_of
from bench.services import Store
from bench.table import Line
from bench.verdicts import at_least, at_most, exact
from portal.calling_codes import calling_code
from portal.messages.guard.doors import TRIES, length
from portal.messages.guard.rules import Rules

HOUR = 3_600.0
PACE = 65.0
"""Seconds between two tries of one attacker, who knows the pauses."""
PER_LOGIN = 5
"""Tries of one login: three numbers are all that it may name, and then the last one, or the first ones, once more."""
_NAMED, OK = 3, 200
Event = tuple[float, Callable[[], int]]
"""What happens at an instant; 1 for each honest person who came in."""


@dataclass(frozen=True)
class Attack:
    """So many tries within these hours, from so many addresses, to these numbers under these calling codes.

    Meanwhile so many honest people with proven numbers sign in, half of them under the same calling codes.
    """

    attempts: int = 10_000
    addresses: int = 500
    numbers: int = 2_000
    prefixes: int = 40
    honest: int = 200
    hours: float = 6.0

    @property
    def bound(self) -> int:
        """Texts that it may cost: those after which a calling code is closed, and those that try after each closing."""
        left, closings = self.hours * HOUR, 0
        while (left := left - length(closings + 1)) > 0:
            closings += 1
        return self.prefixes * (Rules().unverified + TRIES * closings)


SMALL = Attack(attempts=1_000, addresses=50, numbers=200, prefixes=8, honest=30, hours=2.0)


@dataclass(frozen=True)
class Outcome:
    """How many tries there were, to which calling codes texts went, and how many honest people came in."""

    attempts: int
    texts: Counter[str]
    honest: int


def lines(plan: Plan) -> Iterator[Line]:
    """Attack a portal as shipped, on each kind of storage of this plan."""
    attack = Attack() if plan is FULL else SMALL
    for store in plan.growth_stores:
        with town_of(store) as town:
            yield from _lines(attack, run(town, attack), store)


def _lines(attack: Attack, found: Outcome, store: Store) -> Iterator[Line]:
    texts, came = exact([float(found.texts.total())]), exact([float(found.honest)])
    about = (f"{found.attempts} tries, {attack.addresses} addresses, {attack.numbers} numbers, {attack.prefixes} calling codes, "
             f"{attack.hours:.0f} hours; {store.value}")
    most = max(found.texts.values(), default=0)
    yield Line(f"texts that pumping costs ({store.value}): at most {attack.bound}", texts, "texts",
               at_most(attack.bound, texts), f"{about}; at most {most} to one calling code")
    yield Line(f"honest people who come in meanwhile ({store.value}): all {attack.honest}", came, "people",
               at_least(attack.honest, came), "with proven numbers, half of them under the same calling codes")


def run(town: Town, attack: Attack, seed: int = 6) -> Outcome:
    """Let all happen, each thing at its moment, one after the other."""
    chance = random.Random(seed)
    pumped = numbers(attack.prefixes, attack.numbers // attack.prefixes, chance)
    honest = _honest(town, attack, pumped, chance)
    everyone = [number for group in pumped for number in group]
    events: list[Event] = [(at, partial(_comes_in, person)) for at, person in honest]
    attacks = ((at + turn * PACE, partial(_pumps, attacker, turn)) for at, attacker in _attackers(town, attack, everyone, chance)
               for turn in range(PER_LOGIN))
    events += islice(attacks, attack.attempts)
    came = 0
    for at, act in sorted(events, key=lambda event: event[0]):
        town.now = at
        came += act()
    proven = {person.numbers[0] for _, person in honest}
    texts = Counter(calling_code(phone) for phone in town.texts() if phone not in proven)
    return Outcome(len(events) - len(honest), texts, came)


def _honest(town: Town, attack: Attack, pumped: list[list[str]], chance: random.Random) -> list[tuple[float, Person]]:
    """Their numbers lie among those that are pumped, or in a country that nobody attacks."""
    theirs = [(group.pop() if at % 2 and len(group := pumped[at % len(pumped)]) > 1 else f"+4915112{at:06}")
              for at in range(attack.honest)]
    people = [(f"honest{at}", phone) for at, phone in enumerate(theirs)]
    town.adds([*people])
    found = []
    for at, (name, phone) in enumerate(people):
        person = town.person(name, f"192.0.{at // 250}.{at % 250 + 1}")
        person.numbers.append(phone)
        found.append((NOON + chance.uniform(0, attack.hours * HOUR), person))
    return found


def _attackers(town: Town, attack: Attack, everyone: list[str], chance: random.Random) -> Iterator[tuple[float, Person]]:
    """One account for each login, so that no budget of a user stops them; each knows the numbers that it will name."""
    logins = -(-attack.attempts // PER_LOGIN)
    town.adds([(f"thief{at}", None) for at in range(logins)])
    for at in range(logins):
        place = at % attack.addresses
        person = town.person(f"thief{at}", f"198.{18 + place // 250}.0.{place % 250 + 1}")
        person.numbers = chance.sample(everyone, _NAMED)
        yield NOON + chance.uniform(0, attack.hours * HOUR - PER_LOGIN * PACE), person


def _pumps(attacker: Person, turn: int) -> int:
    if turn == 0:
        attacker.logs_in()
    if turn >= _NAMED and attacker.led == "/login/code":
        attacker.posts("/login/code/resend")
    else:
        attacker.posts("/login/phone", country="DE", phone=attacker.numbers[turn % _NAMED])
    return 0


def _comes_in(person: Person) -> int:
    """The whole way in with the code that the phone receives; 1 for who is in."""
    person.logs_in()
    person.posts("/login/code", code=person.town.code(person.numbers[0]))
    return int(person.led == "/" and person.opens("/").status_code == OK)
