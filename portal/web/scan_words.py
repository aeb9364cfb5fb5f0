"""What are people told of a scanned code that is over, on the page that showed it and on the phone?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.signin.scanning import Stand


@dataclass(frozen=True)
class Said:
    """Title and text of a page, and the status of its answer."""

    title: str
    text: str
    status: int = 410


_SHOWING = {
    Stand.REFUSED: (_l("Refused on the phone"), _l("The phone said that it was not its owner who asks. Nobody was logged in.")),
    Stand.WRONG_NUMBER: (
        _l("Another number was chosen"),
        _l("On the phone another number was chosen than the one shown here. That ended the code; nobody was logged in.")),
    Stand.EXPIRED: (_l("The code has expired"), _l("A code can be scanned for two minutes. Show a new one.")),
    Stand.USED: (_l("This code has been used already"), _l("Each code is good for one login. Show a new one.")),
    Stand.PHONE_GONE: (
        _l("The phone is no longer logged in"),
        _l("Its login ended after it had confirmed. Log in on the phone again, then scan a new code.")),
    Stand.UNKNOWN: (
        _l("This code is not for this browser"),
        _l("A code counts in the browser that shows it, until somebody logs in there. Show a new one here.")),
}
_ANSWERING = {
    Stand.CONFIRMED: (_l("Somebody has answered already"), _l("Another phone has confirmed this code. Each is answered once.")),
    Stand.REFUSED: (
        _l("Refused"),
        _l("Nobody was logged in. If somebody sent you this code, tell your administrator.")),
    Stand.WRONG_NUMBER: (
        _l("That was another number"),
        _l("The code has ended, so that nobody can try the rest. If it is your own login, show a new code there and scan that. "
           "If somebody sent you this code, tell your administrator.")),
    Stand.EXPIRED: (
        _l("The code has expired"),
        _l("A code can be scanned for two minutes. Show a new one on the other screen, then scan that.")),
    Stand.USED: (
        _l("This code has been used already"),
        _l("Each code is good for one login. Show a new one on the other screen, then scan that.")),
    Stand.UNKNOWN: (
        _l("There is no such code"),
        _l("It may be over. Show a new one on the other screen, then scan that.")),
}
_MINE = {
    Stand.CONFIRMED: (_l("Confirmed"), _l("Go on at the other screen: it continues by itself, or when you press its button.")),
    Stand.USED: (_l("Confirmed"), _l("The other screen has gone on with this code. Each code is good for one login.")),
}


def showing(stand: Stand) -> Said:
    """On the page that showed the code, which cannot be gone on with."""
    title, text = _SHOWING[stand]
    return Said(str(title), str(text))


def answering(stand: Stand, *, mine: bool) -> Said:
    """On the phone; `mine`: this person has answered the code."""
    title, text = (_MINE if mine and stand in _MINE else _ANSWERING)[stand]
    if mine and stand in _MINE:
        return Said(str(title), str(text), 200)
    return Said(str(title), str(text), 404 if stand is Stand.UNKNOWN else 410)
