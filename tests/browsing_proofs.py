"""Which pages and states can a browser show where a password is chosen, or given once more? Each by name, with the way there."""

from __future__ import annotations

from portal.models import Role
from portal.signin import oversight
from portal.trace import COMMAND, COMMAND_ACTOR
from tests.browsing import Person
from tests.browsing_states import at, in_town
from tests.conftest import PASSWORD

spent = in_town("link for a password spent")(at("/set-password/nobody-has-this"))


@in_town("new password")
def new_password(person: Person) -> None:
    person.at_code_page(must_change=True)
    person.fills(code=person.reads_code()).submits("code")


@in_town("new password refused")
def _(person: Person) -> None:
    new_password(person)
    person.fills(password="too short").submits("password")


@in_town("set password")
def set_password(person: Person) -> None:
    user_id = person.town.user_id(person.is_new())
    with person.town.app.app_context():
        token = oversight.password_link(user_id, COMMAND, actor=COMMAND_ACTOR, actor_role=Role.ADMINISTRATOR)
    person.opens(f"/set-password/{token}")


@in_town("set password refused")
def _(person: Person) -> None:
    set_password(person)
    person.fills(password="Password1234").submits("password")


@in_town("again")
def again(person: Person) -> None:
    """Somebody whose proof is old throws a switch."""
    username = person.is_new(administrator=True)
    person.logs_in(username).fills(code=person.reads_code()).submits("code").opens("/settings/mfa")
    person.town.writes("UPDATE sign_in SET methods = '{\"pwd\": 1, \"sms\": 1}' WHERE user_id = :user",
                       user=person.town.user_id(username))
    person.presses("Save changes")


@in_town("again refused")
def _(person: Person) -> None:
    again(person)
    person.fills(password="not the password").submits("password")


@in_town("go on")
def go_on(person: Person) -> None:
    again(person)
    person.town.writes("UPDATE allowance SET started_at = started_at - 60 WHERE key LIKE 'pause:%'")
    person.fills(password=PASSWORD).submits("password").fills(code=person.reads_code()).submits("code")


@in_town("go on no more")
def _(person: Person) -> None:
    person.is_inside().opens("/go-on?form=gone")
