"""Much hangs on some forms: are they carried out only for whoever has just proved who they are, and is nothing lost?"""

from __future__ import annotations

import pytest
from flask import Flask

from portal.database import writing
from portal.messages import opt_outs
from tests import people, test_translations
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    does,
    events,
    is_home,
    is_outside,
    leads_to,
    rows,
    unlike,
)
from tests.test_translations import Reader
from tests.visitor import FORM, Visitor

later = people.later
reader = test_translations.reader
SMS = "portal.sms"
SAVE = "Save changes"


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who has just come in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


@pytest.fixture
def late(boss: Visitor, later: Later) -> Visitor:
    """The same, a little more than ten minutes later, before the switches."""
    later(601)
    boss.opens("/settings/mfa")
    assert boss.status == 200
    return boss


def changes(visitor: Visitor) -> Visitor:
    """Throws a switch that asks no question of its own."""
    return visitor.opens("/settings/mfa").fills("portal.binding", "administrators").submits(SAVE)


def thrown(app: Flask) -> list[str]:
    return [row.value for row in rows(app, "SELECT value FROM switch WHERE name = 'binding'")]


def proves(visitor: Visitor, phone: str = PHONE, password: str = PASSWORD) -> Visitor:
    return visitor.fills(password=password).submits("Confirm").enters_code(phone)


def test_within_ten_minutes_nothing_is_asked(app: Flask, boss: Visitor, later: Later) -> None:
    later(590)
    assert leads_to(changes(boss), "/settings/mfa")
    assert thrown(app) == ["administrators"]


def test_later_the_password_and_a_code_are_asked_for_and_the_form_goes_on(
    app: Flask, late: Visitor, both_databases: str,
) -> None:
    changes(late)
    assert leads_to(late, "/login/again")
    assert late.page.heading == "Confirm that it is you"
    assert late.sees("To go on with “Multi-factor authentication”", "boss")
    assert thrown(app) == []
    late.fills(password=PASSWORD).submits("Confirm")
    assert late.page.heading == "Verification code login"
    late.enters_code(PHONE)
    assert leads_to(late, "/go-on")
    assert late.page.heading == "Go on with “Multi-factor authentication”"
    assert thrown(app) == []
    late.submits("Go on")
    assert leads_to(late, "/settings/mfa")
    assert late.sees("Saved. It holds at once.")
    assert thrown(app) == ["administrators"]


def test_the_next_forms_need_no_proof(app: Flask, late: Visitor) -> None:
    proves(changes(late)).submits("Go on")
    late.opens("/settings/mfa").fills("portal.binding", "user").submits(SAVE)
    assert leads_to(late, "/settings/mfa")
    assert thrown(app) == ["user"]
    assert rows(app, "SELECT held FROM sign_in")[0].held is None


def test_pages_are_read_without_a_proof(late: Visitor) -> None:
    for path in ("/", "/settings/mfa"):
        assert leads_to(late.opens(path), path)


@pytest.mark.parametrize("referer", ["http://[", "http://localhost:5000//elsewhere.example/", "javascript:alert(1)"])
def test_a_page_that_is_none_is_not_gone_back_to(late: Visitor, referer: str) -> None:
    form = f"csrf_token={late.tokens[0]}".encode()
    answer = late.sends("POST", "/settings/mfa", content=form, headers=[("Content-Type", FORM), ("Referer", referer)])
    assert answer.status == 303, answer.text
    late.opens(answer.header("Location"))
    assert late.page.heading == "Confirm that it is you"
    assert leads_to(late.clicks("Cancel and change nothing"), "/")


def test_where_no_code_is_asked_the_password_is_enough(app: Flask, late: Visitor) -> None:
    does(app, "mfa", "--global", "off", "--administrators", "off")
    texts = len(late.text_messages(PHONE))
    changes(late).fills(password=PASSWORD).submits("Confirm")
    assert leads_to(late, "/go-on")
    late.submits("Go on")
    assert thrown(app) == ["administrators"]
    assert len(late.text_messages(PHONE)) == texts


def test_a_bypass_counts_as_the_code_and_is_used_up(app: Flask, late: Visitor) -> None:
    does(app, "user", "bypass", "boss", "--minutes", "5")
    changes(late).fills(password=PASSWORD).submits("Confirm")
    assert leads_to(late, "/go-on")
    assert rows(app, 'SELECT bypass_until FROM "user"')[0].bypass_until is None
    late.submits("Go on")
    assert thrown(app) == ["administrators"]


def test_a_wrong_password_is_refused_and_counted(app: Flask, late: Visitor) -> None:
    changes(late)
    for _ in range(4):
        late.fills(password="not my password").submits("Confirm")
        assert late.status == 422
        assert late.sees("That is not your password. Try again.")
    late.fills(password="not my password").submits("Confirm")
    late.fills(password=PASSWORD).submits("Confirm")
    assert late.status == 429
    assert int(late.answer.header("Retry-After")) >= 1
    assert ("first factor refused", "refused") in events(app)
    assert thrown(app) == []


def test_an_empty_password_is_asked_for(late: Visitor) -> None:
    changes(late).submits("Confirm")
    assert late.status == 422
    assert late.sees("Enter your password.")


def test_a_wrong_code_leads_nowhere(app: Flask, late: Visitor) -> None:
    changes(late).fills(password=PASSWORD).submits("Confirm")
    late.fills(code=unlike(late.reads_code(PHONE))).submits()
    assert late.status == 422
    for path in ("/go-on", "/settings/mfa", "/"):
        assert leads_to(late.opens(path), "/login")
    assert thrown(app) == []


def test_the_password_of_somebody_else_is_not_enough(late: Visitor, make_user: MakeUser, app: Flask) -> None:
    make_user(username="li.na", phone=OTHER_PHONE, password="a walnut on the piano")
    changes(late).fills(password="a walnut on the piano").submits("Confirm")
    assert late.status == 422
    assert thrown(app) == []


def test_whoever_cancels_is_where_they_were(app: Flask, late: Visitor) -> None:
    changes(late).clicks("Cancel and change nothing")
    assert leads_to(late, "/settings/mfa")
    assert thrown(app) == []


def test_the_page_to_go_on_from_can_be_loaded_again(app: Flask, late: Visitor) -> None:
    proves(changes(late))
    late.opens(late.path).submits("Go on")
    assert thrown(app) == ["administrators"]


def test_a_form_goes_on_once(late: Visitor) -> None:
    proves(changes(late))
    go_on = late.path
    late.submits("Go on").opens(go_on)
    assert late.page.heading == "Nothing is waiting here"
    assert late.sees("used already, or its 15 minutes are over")
    assert is_home(late.clicks("Go to the start page"), "boss")


def test_a_form_is_kept_for_a_quarter_of_an_hour(app: Flask, late: Visitor, later: Later) -> None:
    changes(late)
    later(600)
    proves(late)
    later(301)
    late.opens(late.path)
    assert late.page.heading == "Nothing is waiting here"
    assert thrown(app) == []


def test_a_form_belongs_to_the_login_that_sent_it(
    late: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="deputy", phone=OTHER_PHONE, administrator=True)
    proves(changes(late))
    go_on = late.path
    later(31)
    for other in (comes_in(another_visitor(), "deputy", OTHER_PHONE), comes_in(another_visitor(), "boss", PHONE)):
        assert other.opens(go_on).page.heading == "Nothing is waiting here"
    assert leads_to(another_visitor().opens(go_on), "/login")


def test_two_tabs_keep_a_form_each(app: Flask, late: Visitor) -> None:
    first = changes(late).path
    late.opens("/settings/mfa").fills("portal.binding", "user").submits(SAVE)
    assert leads_to(late, "/login/again")
    late.opens(first)
    proves(late).submits("Go on")
    assert thrown(app) == ["administrators"]


def test_the_cookie_of_before_is_worth_nothing(late: Visitor, another_visitor: MakeVisitor) -> None:
    changes(late)
    copy = another_visitor()
    copy.cookies = dict(late.cookies)
    late.fills(password=PASSWORD).submits("Confirm")
    assert is_outside(copy)
    copy.cookies = dict(late.cookies)
    late.enters_code(PHONE)
    assert is_outside(copy)


def test_a_form_without_its_token_is_not_kept(app: Flask, late: Visitor) -> None:
    late.posts("/settings/mfa", **{SMS: "off", "csrf_token": "stale"})
    assert late.status == 400
    assert rows(app, "SELECT held FROM sign_in")[0].held is None


def test_whoever_may_not_send_the_form_is_asked_for_nothing(
    app: Flask, another_visitor: MakeVisitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=OTHER_PHONE)
    visitor = comes_in(another_visitor(), "li.na", OTHER_PHONE)
    later(700)
    visitor.opens("/").posts("/settings/mfa")
    assert visitor.status == 403


def test_what_is_strange_is_carried_on_as_it_was_typed(app: Flask, late: Visitor) -> None:
    strange = {"name": "</form><script>\"'&", "nul": "a\0b", "lines": "one\r\ntwo", "right": "\u202eabc", "empty": ""}
    late.posts("/settings/mfa", **strange)
    proves(late)
    assert {name: late.form("lines").find(name).get("value") for name in strange}["name"] == strange["name"]  # type: ignore[union-attr]
    assert late.does_not_see("<script>\"")
    assert late.submits("Go on").status in (409, 422)


def test_what_is_too_much_to_keep_is_said(app: Flask, late: Visitor) -> None:
    late.posts("/settings/mfa", much="x" * 20_000)
    assert leads_to(proves(late), "/go-on")
    assert late.sees("was too much to keep")
    assert leads_to(late.clicks("Open the page"), "/settings/mfa")


def test_the_page_alone_asks_for_the_password_and_leads_on(boss: Visitor, later: Later) -> None:
    assert boss.opens("/login/again").page.heading == "Nothing is waiting here"
    later(601)
    assert boss.opens("/login/again").page.heading == "Confirm that it is you"


def test_a_login_that_ends_while_the_code_is_open_keeps_nothing(app: Flask, late: Visitor) -> None:
    changes(late).fills(password=PASSWORD).submits("Confirm")
    late.submits("Cancel and log in as somebody else")
    assert [row.held for row in rows(app, "SELECT held FROM sign_in")] == [None]


def test_the_audit_log_says_what_was_asked(app: Flask, late: Visitor) -> None:
    proves(changes(late))
    told = [event for event, _ in events(app) if event != "message"]
    assert told[-6:] == ["proof asked for again", "first factor passed", "step-up asked", "code sent", "code accepted",
                         "sign-in complete"]


def test_an_application_with_switches_of_its_own_is_deleted_with_the_proof(app: Flask, late: Visitor) -> None:
    add_application(app, "Travel")
    late.opens("/admin/applications/1/delete").fills(name="Travel").submits("Delete application")
    assert leads_to(late, "/login/again")
    assert late.sees("To go on with “Delete application”")
    assert rows(app, "SELECT name FROM application")
    proves(late).submits("Go on")
    assert leads_to(late, "/admin/applications")
    assert rows(app, "SELECT name FROM application") == []


def test_whoever_answered_stop_is_written_to_again_with_the_proof(app: Flask, late: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na", phone=OTHER_PHONE)
    with app.app_context(), writing() as connection:
        opt_outs.stop(connection, OTHER_PHONE, "inbox", at=1.0)
    late.opens(f"/admin/users/{user_id}/security").submits("Allow again")
    assert leads_to(late, "/login/again")
    assert late.sees("To go on with “Allow text messages again”")
    assert len(rows(app, "SELECT phone FROM opt_out")) == 1
    proves(late).submits("Go on")
    assert rows(app, "SELECT phone FROM opt_out") == []


def test_every_view_that_waits_says_what_it_does(app: Flask) -> None:
    from portal.web.deeds import DEEDS

    waiting = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "lately", False)}
    assert waiting
    assert waiting <= DEEDS.keys() <= app.view_functions.keys()


def test_the_whole_way_is_there_in_chinese(app: Flask, reader: Reader, make_user: MakeUser, later: Later) -> None:
    make_user(username="李娜", phone=PHONE, administrator=True)
    comes_in(reader, "李娜", PHONE)
    later(601)
    reader.opens("/settings/mfa").fills("portal.binding", "administrators").submits()
    assert reader.page.heading == "确认是您本人"
    reader.fills(password="wrong").submits()
    reader.fills(password=PASSWORD).submits().enters_code(PHONE)
    go_on = reader.path
    reader.submits()
    assert thrown(app) == ["administrators"]
    reader.opens(go_on)
