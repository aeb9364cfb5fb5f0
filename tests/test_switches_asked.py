"""Which switches are asked about before they are thrown, and what becomes of what was ticked?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import throwing
from tests.conftest import PASSWORD
from tests.people import MakeUser, MakeVisitor, confirms, does, told
from tests.throwing import ADMINISTRATORS, BINDING, PASSWORD_SOURCE, SMS, box
from tests.visitor import Visitor

boss = throwing.boss


def unsaved(visitor: Visitor, name: str) -> bool:
    """Whether the box stands otherwise than what is saved."""
    part = next(node for node in visitor.page.root.all("div") if node.has("data-saved") and box(visitor, name) in node.walk())
    return box(visitor, name).has("checked") is not (part.get("data-saved") == "on")


def test_switching_off_for_all_is_asked_about_with_the_number(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    another_visitor().logs_in("li.na", PASSWORD)
    boss.opens("/settings/mfa").fills(SMS, False).submits("Save changes")
    assert boss.sees("Save these changes?", "“SMS verification code” from On to Off.",
                     "Nobody but people with a role in the console will be asked for a code any more.",
                     "1 login would have needed only its first factor.")
    assert told(app, "mfa")["sms"] == "on"
    boss.submits("Save changes")
    assert boss.sees("Saved. It holds at once.")
    assert told(app, "mfa")["sms"] == "off"


def test_cancelling_saves_nothing_and_keeps_what_was_ticked(app: Flask, boss: Visitor) -> None:
    boss.fills(SMS, False).fills(BINDING, "administrators").submits("Save changes")
    boss.clicks("Cancel")
    assert boss.sees("2 changes are not saved yet.")
    assert told(app, "mfa")["sms"] == "on"
    assert unsaved(boss, SMS)
    assert dict(boss.form(SMS).values())[BINDING] == "administrators"
    confirms(boss.submits("Save changes"))
    assert (told(app, "mfa")["sms"], told(app, "mfa")["binding"]) == ("off", "administrators")


def test_the_administrators_switch_is_asked_about(app: Flask, boss: Visitor) -> None:
    boss.fills(ADMINISTRATORS, False).submits("Save changes")
    assert boss.sees("1 person with a role in the console will be asked for a code only where everybody is.")
    assert told(app, "mfa")["administrators"] == "on"


def test_switching_on_while_nobody_sends_is_asked_about(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("No sender is running, so text messages are not sent.")
    assert told(app, "mfa")["sms"] == "off"


@pytest.fixture
def sender(app: Flask) -> None:
    """A sender has just been heard of."""
    from portal.messages import lease

    with app.app_context():
        lease.beat("sender")


@pytest.mark.usefixtures("sender")
def test_switching_on_while_everybody_has_a_number_is_saved_at_once(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("Saved. It holds at once.")
    assert told(app, "mfa")["sms"] == "on"


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize(("binding", "words"), [
    ("user", "2 users have no phone number, and will be asked to bind one at their next login."),
    ("administrators", "2 users have no phone number, and cannot log in before an administrator adds one."),
])
def test_switching_on_while_some_have_no_number_is_asked_about(
    app: Flask, boss: Visitor, make_user: MakeUser, binding: str, words: str,
) -> None:
    make_user(username="new")
    make_user(username="newer")
    does(app, "mfa", "--global", "off", "--binding", binding)
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees(words)
    assert boss.does_not_see("No sender")
    assert told(app, "mfa")["sms"] == "off"
    boss.submits("Save changes")
    assert told(app, "mfa")["sms"] == "on"


@pytest.mark.usefixtures("sender")
def test_a_switch_that_changes_nothing_while_the_other_is_off_is_not_asked_about(
    app: Flask, boss: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="new")
    does(app, "mfa", "--global", "off")
    for on in (False, True):
        boss.opens("/settings/mfa").fills(PASSWORD_SOURCE, on).submits("Save changes")
        assert boss.sees("Saved. It holds at once.")


@pytest.mark.usefixtures("sender")
def test_switching_on_while_the_gateway_fails_is_asked_about(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    another_visitor().logs_in("li.na", PASSWORD)
    writes(app, "UPDATE message SET state = 'failed', reason = 'credentials'")
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("None of the newest text messages could be sent: 2 failed in the last hour.")
    writes(app, "UPDATE message SET state = 'sent' WHERE id = 1")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("Saved. It holds at once.")


def writes(app: Flask, statement: str) -> None:
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text(statement))


def test_what_was_not_confirmed_is_asked_about_again(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    make_user(username="new")
    boss.submits("Save changes")
    assert boss.sees("1 user has no phone number")
    assert told(app, "mfa")["sms"] == "off"
    boss.submits("Save changes")
    assert told(app, "mfa")["sms"] == "on"


def test_a_question_that_was_overtaken_throws_nothing(app: Flask, boss: Visitor) -> None:
    boss.fills(SMS, False).submits("Save changes")
    does(app, "mfa", "--binding", "administrators")
    boss.submits("Save changes")
    assert boss.status == 409
    assert told(app, "mfa")["sms"] == "on"
    assert unsaved(boss, SMS)


@pytest.mark.usefixtures("sender")
def test_putting_one_back_leaves_the_other_changes_lit(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(PASSWORD_SOURCE, False).fills(BINDING, "administrators")
    boss.submits("Put back to On SMS verification code")
    assert boss.sees("Saved. It holds at once. 2 changes are not saved yet.")
    assert (told(app, "mfa")["sms"], told(app, "mfa")["source:password"], told(app, "mfa")["binding"]) == ("on", "on", "user")
    assert unsaved(boss, PASSWORD_SOURCE)
    assert not unsaved(boss, SMS)
    confirms(boss.submits("Save changes"))
    assert (told(app, "mfa")["source:password"], told(app, "mfa")["binding"]) == ("off", "administrators")
