"""Which pages and states can a browser show before the door? Each by name, with the way there."""

from __future__ import annotations

from collections.abc import Callable

from portal.signin import switches
from portal.signin.rules import BINDING
from portal.trace import COMMAND, Actor
from tests.browsing import Person

Way = Callable[[Person], object]
IN_TOWN: dict[str, Way] = {}
"""States of the shared portal."""
IN_VILLAGE: dict[str, Way] = {}
"""States of the portal at its edges: one country, no administrator, no sender, three password tries for each address."""
UPDATE = "UPDATE sign_in SET {} WHERE phone = :phone AND state = 'awaiting_code'"
MESSAGE = "UPDATE message SET state = :state, reason = :reason WHERE phone = :phone"


def in_town(name: str) -> Callable[[Way], Way]:
    return lambda way: IN_TOWN.setdefault(name, way)


def in_village(name: str) -> Callable[[Way], Way]:
    return lambda way: IN_VILLAGE.setdefault(name, way)


def at(path: str) -> Way:
    return lambda person: person.opens(path)


for _said in ("expired", "cancelled", "logged-out", "wrong-codes"):
    IN_TOWN[f"login {_said}"] = at(f"/login?said={_said}")
IN_TOWN["login fresh"] = at("/login")


@in_town("login empty")
def _(person: Person) -> None:
    person.logs_in("", "")


@in_town("login without password")
def _(person: Person) -> None:
    person.logs_in("li.na", "")


@in_town("login wrong")
def _(person: Person) -> None:
    person.logs_in("li.na", "not the password")


@in_town("login stale")
def _(person: Person) -> None:
    person.opens("/login").context.clear_cookies()
    person.fills(identifier="li.na", password="anything").submits("password")


@in_town("login too many tries")
def _(person: Person) -> None:
    for _ in range(6):
        person.logs_in("somebody.impatient", "not the password")


@in_town("login through application")
def _(person: Person) -> None:
    person.opens("/login?application=client-travel")


@in_town("bind fresh")
def _(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))


@in_town("bind empty")
def _(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))
    person.fills(phone="").submits("phone")


@in_town("bind wrong number")
def _(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))
    person.fills(phone="0151 12").submits("phone")


@in_town("bind refused country")
def _(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))
    person.fills(phone="+61 412 345 678").submits("phone")


@in_town("bind changing")
def _(person: Person) -> None:
    _binding_code(person)
    person.opens("/login/phone")


@in_town("bind taken")
def _(person: Person) -> None:
    _username, taken = person.town.person()
    person.logs_in(person.is_new(phone=False))
    person.number = taken
    person.fills(phone=taken).submits("phone")
    person.fills(code=person.reads_code()).submits("code")


@in_town("code binding")
def _binding_code(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))
    person.fills(phone=person.number).submits("phone")
    person.reads_code()


@in_village("code sending")
def _(person: Person) -> None:
    person.at_code_page()


@in_town("code sent")
def _sent(person: Person) -> None:
    person.at_code_page().reads_code()
    person.opens("/login/code")


def _message(state: str, reason: str | None = None) -> Way:
    def way(person: Person) -> None:
        _sent(person)
        person.town.writes(MESSAGE, phone=person.number, state=state, reason=reason)
        person.opens("/login/code")
    return way


IN_TOWN["code delivered"] = _message("delivered")
def called(person: Person) -> Person:
    """Somebody who waits no longer for the text, and is called."""
    _sent(person)
    person.town.writes("DELETE FROM allowance WHERE key = :pause", pause=f"pause:{person.number}")
    with person.arriving():
        person.page.locator("form[action$='/call'] button").click()
    person.hears_code()
    return person.opens("/login/code")


def _call(state: str, reason: str | None = None) -> Way:
    def way(person: Person) -> None:
        called(person)
        person.town.writes(MESSAGE, phone=person.number, state=state, reason=reason)
        person.opens("/login/code")
    return way


IN_TOWN["code called"] = called
IN_TOWN["code call answered"] = _call("delivered")
IN_TOWN["code call not answered"] = _call("failed", "no answer")
IN_TOWN["code call to a machine"] = _call("failed", "machine")
IN_TOWN["code call failed"] = _call("failed", "credentials")
IN_TOWN["code call unknown"] = _call("unknown")
IN_TOWN["code stopped"] = _message("failed", "stopped")
IN_TOWN["code phone absent"] = _message("failed", "absent")
IN_TOWN["code failed"] = _message("failed", "gateway")
IN_TOWN["code number cannot receive"] = _message("failed", "number")
IN_TOWN["code unknown"] = _message("unknown")
IN_TOWN["code not sent in time"] = _message("expired")


@in_town("code refused country")
def _(person: Person) -> None:
    username = person.is_new()
    person.number = f"+61412{person.number[-6:]}"
    person.town.writes('UPDATE "user" SET phone = :phone, phone_reversed = :reversed WHERE username = :name',
                       phone=person.number, reversed=person.number[::-1], name=username)
    person.logs_in(username)


@in_town("code empty")
def _(person: Person) -> None:
    person.at_code_page().fills(code="").submits("code")


@in_town("code too short")
def _(person: Person) -> None:
    person.at_code_page().fills(code="123").submits("code")


@in_town("code wrong")
def _(person: Person) -> None:
    person.at_code_page().mistypes()


@in_town("code dead")
def _(person: Person) -> None:
    person.at_code_page().mistypes(5)


@in_town("code expired")
def _(person: Person) -> None:
    person.at_code_page()
    person.town.writes(UPDATE.format("code_expires_at = 1"), phone=person.number)
    person.fills(code="123456").submits("code")


@in_town("code locked")
def _(person: Person) -> None:
    person.at_code_page()
    person.town.writes('UPDATE "user" SET wrong_codes = 99, wrong_code_at = created_at WHERE phone = :phone', phone=person.number)
    person.mistypes()


@in_town("code resend too soon")
def _(person: Person) -> None:
    _sent(person)
    with person.arriving():
        person.page.locator(".ways button").first.click()


@in_village("code no more texts")
def _(person: Person) -> None:
    person.at_code_page()
    person.town.writes(UPDATE.format("code_expires_at = 1"), phone=person.number)
    person.opens("/login/code")


@in_town("code through application")
def _(person: Person) -> None:
    person.logs_in(person.is_new(), at="/login?application=client-travel")


@in_village("bind one country")
def _(person: Person) -> None:
    person.logs_in(person.is_new(phone=False))


@in_village("bind administrators only")
def _(person: Person) -> None:
    for binder in ("administrators", "user"):
        with person.town.app.app_context():
            switches.turn({("portal", BINDING): binder}, COMMAND, actor=Actor("test"))
        if binder == "administrators":
            person.logs_in(person.is_new(phone=False))
