"""From which budgets is a text taken besides those of person, number, address and country? The guard's own."""

from __future__ import annotations

from math import ceil

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from config import Settings
from portal import clock
from portal.messages.allowances import DAY, HOUR, Budget
from portal.messages.guard.doors import TRIES, Door, door
from portal.messages.guard.rules import Rules
from portal.messages.standing import Standing

TODAY, NEW, NEW_TODAY = "today", "new", "new:today"
UNVERIFIED, TRIAL = "unverified:", "trial:"
"""With what the keys of the breaker's budgets begin: of an open calling code, and of one that is tried."""
VERIFIED = 100
"""What a verified code gives back of the budget of unverified ones, of which each text costs the percentage asked for."""
LONGEST_PAUSE = 300
"""Seconds beyond which the pause between two texts does not grow."""
WHOLE = 100


def of(setup: Standing, settings: Settings, prefix: str, *, new: bool) -> list[Budget]:
    """What a message to a number of that calling code is taken from; `new`: nobody has proven the number yet."""
    rules, left = setup.rules, seconds_left_today()
    percent = rules.share if new else WHOLE
    found = [Budget(TODAY, rules.messages or 0, left)]
    if rules.money is not None:
        # Only looked at: receipts count what was spent.
        found.append(Budget(money_key(rules.currency), part(rules.money, percent), left, amount=0))
    if percent < WHOLE:
        found += [Budget(NEW, part(settings.portal_limit_texts_in_all, percent), HOUR),
                  Budget(NEW_TODAY, part(rules.messages or 0, percent), left)]
    return [*found, of_breaker(setup, prefix)] if new and rules.breaker else found


def of_breaker(setup: Standing, prefix: str) -> Budget:
    """That of texts to new numbers of a calling code whose codes do not come back.

    Each closing has tries of its own, so that who has not heard of it yet takes none of the next one's.
    """
    closed, rules = setup.closed.get(prefix), setup.rules
    if closed and door(closed, clock.now()) is Door.HALF_OPEN:
        return Budget(f"{TRIAL}{prefix}:{closed.until:.0f}", TRIES, DAY)
    return Budget(f"{UNVERIFIED}{prefix}", rules.unverified * rules.verified_share, DAY, amount=rules.verified_share)


def verified(prefix: str) -> dict[str, int]:
    """What a code that came back from a new number of that calling code gives back: it pays for texts to come."""
    return {f"{UNVERIFIED}{prefix}": VERIFIED, NEW: 1}


def all_unverified() -> list[str]:
    """The keys of the breaker's budgets of all calling codes."""
    return [f"{UNVERIFIED}+{code}" for code in COUNTRY_CODE_TO_REGION_CODE]


def money_key(currency: str) -> str:
    """Under which key the money spent today is counted, in parts of `rules.UNIT`."""
    return f"money:{currency}"


def seconds_left_today() -> int:
    """Whole seconds until midnight UTC, when the ceilings of a day begin anew."""
    return ceil(DAY - clock.now() % DAY)


def pause(rules: Rules, settings: Settings, *, new: bool, texts: int) -> int:
    """Seconds between the text after `texts` of one sign-in and the next: twice as long each time for a new number."""
    shortest = settings.portal_resend_pause
    if not new or not rules.growing:
        return shortest
    return max(shortest, min(shortest << min(texts, 20), LONGEST_PAUSE))


def part(whole: int, percent: int) -> int:
    """A part of a budget, rounded up: a small one is not nothing."""
    return -(-whole * percent // WHOLE)
