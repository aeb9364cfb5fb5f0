"""What can somebody in charge do about another's access, what is refused, and what does the page say of it?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import (
    FOURTH_PHONE,
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    events,
    is_home,
    is_outside,
    kills_code,
    leads_to,
    rows,
)
from tests.visitor import Visitor


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


@pytest.fixture
def helper(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="helper", phone=THIRD_PHONE, role="helpdesk")
    return comes_in(another_visitor(address="192.0.2.8"), "helper", THIRD_PHONE)


@pytest.fixture
def lina(make_user: MakeUser) -> int:
    return make_user(username="li.na", phone=PHONE)


def security(visitor: Visitor, user_id: int) -> Visitor:
    return visitor.opens(f"/admin/users/{user_id}/security")


def me(app: Flask) -> int:
    return int(rows(app, "SELECT id FROM \"user\" WHERE username = 'boss'")[0].id)


def fact(visitor: Visitor, label: str) -> str:
    """What stands beside a label."""
    found = [node for node in visitor.page.root.all("dt") if node.words() == label]
    assert found, f"no {label} at {visitor.path}: {visitor.page.text!r}"
    around = found[0].inside("div")
    assert around is not None
    return around.all("dd")[0].words()


def test_the_page_says_how_the_second_factor_stands(boss: Visitor, lina: int, make_user: MakeUser) -> None:
    security(boss, lina)
    assert boss.page.heading == "li.na"
    assert "Security" in boss.page.title
    assert fact(boss, "Text message login").startswith("Ready")
    assert fact(boss, "Number bound").startswith("+49 ••• •••• ••78 Proven")
    assert (fact(boss, "Wrong codes"), fact(boss, "Password"), fact(boss, "Role")) == ("0 of 30", "Set", "No role")
    security(boss, make_user(username="new", password=None))
    assert fact(boss, "Text message login").startswith("Will bind a phone")
    assert fact(boss, "Password") == "Not set"
    assert boss.does_not_see("Reset MFA")


def test_the_whole_number_is_shown_once_and_that_is_written_down(app: Flask, boss: Visitor, lina: int) -> None:
    security(boss, lina).does_not_see(PHONE)
    boss.submits("Show the whole number")
    assert boss.sees(PHONE, "Shown once.")
    assert events(app, user_id=lina)[-1] == ("numbers shown", "ok")
    assert security(boss, lina).does_not_see(PHONE)


def test_wrong_codes_lock_and_unlocking_lets_texts_go_out_again(
    app: Flask, boss: Visitor, lina: int, visitor: Visitor, another_visitor: MakeVisitor,
) -> None:
    kills_code(visitor.logs_in("li.na", PASSWORD), PHONE)
    assert fact(security(boss, lina), "Text message login").startswith("Paused")
    assert fact(boss, "Wrong codes") == "5 of 30"
    assert boss.submits("Unlock").sees("Unlocked. Text messages are sent again.")
    assert fact(boss, "Wrong codes") == "0 of 30"
    assert boss.does_not_see("Forgets the wrong codes")
    assert events(app, user_id=lina)[-1] == ("user unlocked", "ok")
    assert is_home(comes_in(another_visitor(), "li.na", PHONE), "li.na")


def test_a_reset_asks_first_then_takes_the_number_and_ends_the_logins(
    app: Flask, boss: Visitor, lina: int, another_visitor: MakeVisitor,
) -> None:
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    security(boss, lina).clicks("Reset MFA")
    assert boss.sees("Reset MFA of li.na?", "all logins end at once")
    assert is_home(visitor.opens("/"), "li.na")
    assert boss.submits("Reset MFA").sees("MFA is reset")
    assert fact(boss, "Number bound") == "None"
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/phone")


@pytest.mark.usefixtures("both_databases")
def test_a_reset_keeps_the_only_name_that_somebody_has(boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(phone=PHONE)
    boss.opens(f"/admin/users/{user_id}/reset").submits("Reset MFA")
    assert boss.status == 409
    assert boss.sees("The number is all that this user can log in with.")


def test_a_bypass_lets_in_once_without_a_code_and_keeps_its_reason(
    app: Flask, boss: Visitor, lina: int, another_visitor: MakeVisitor,
) -> None:
    security(boss, lina).fills(Minutes="5", Reason="lost phone").submits("Give a one-time bypass")
    assert boss.sees("The next login within that time needs no code.", "Not used yet.")
    assert is_home(another_visitor().logs_in("li.na", PASSWORD), "li.na")
    assert leads_to(another_visitor().logs_in("li.na", PASSWORD), "/login/code")
    assert boss.opens(f"/admin/users/{lina}/trail").sees("One-time bypass given 5 minutes · “lost phone”", "boss")
    assert boss.opens(f"/admin/users/{lina}/logins").sees("Not asked: one-time bypass")


def test_a_bypass_is_withdrawn(boss: Visitor, lina: int, visitor: Visitor) -> None:
    security(boss, lina).fills(Minutes="60", Reason="no texts go out").submits("Give a one-time bypass")
    assert boss.submits("Withdraw").sees("The one-time bypass is withdrawn.")
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/code")


@pytest.mark.parametrize("minutes", ["", "0", "61", "-5", "1.5", "9" * 40, "five"])
def test_a_bypass_of_no_sensible_length_is_refused(boss: Visitor, lina: int, minutes: str) -> None:
    security(boss, lina).fills(Minutes=minutes, Reason="lost phone").submits("Give a one-time bypass")
    assert boss.status == 422
    assert boss.sees("Enter a whole number of minutes from 1 to 60.")
    kept = boss.form("Reason").find("Reason")
    assert kept is not None
    assert kept.get("value") == "lost phone"
    assert fact(boss, "One-time bypass") == "None"


@pytest.mark.parametrize(("why", "said"), [("", "Say why"), (" \n", "Say why"), ("x" * 201, "at most 200 characters")])
def test_a_bypass_needs_its_reason(boss: Visitor, lina: int, why: str, said: str) -> None:
    security(boss, lina).fills(Minutes="5", Reason=why).submits("Give a one-time bypass")
    assert boss.status == 422
    assert boss.sees(said)


def test_a_link_is_shown_once_and_sets_a_password(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    security(boss, lina).submits("Send a new link")
    assert boss.page.heading == "One-time link for li.na"
    link = next(node.get("value") for node in boss.page.root.all("input") if node.has("readonly"))
    assert re.match(r"^http://localhost:\d+/set-password/", link)
    path = urlsplit(link).path
    visitor.opens(path)
    assert visitor.status == 200
    told = str(rows(app, "SELECT detail FROM audit_entry WHERE event = 'password link given'"))
    assert path.rpartition("/")[2] not in told


def test_a_suspended_user_gets_no_link(app: Flask, boss: Visitor, lina: int) -> None:
    does(app, "user", "suspend", "li.na")
    assert security(boss, lina).does_not_see("Send a new link")
    assert boss.posts(f"/admin/users/{lina}/link").status == 409
    assert boss.sees("a link would be no good")


def test_a_generated_password_is_shown_once_and_must_be_replaced(boss: Visitor, lina: int, another_visitor: MakeVisitor) -> None:
    before = comes_in(another_visitor(), "li.na", PHONE)
    security(boss, lina).submits("Generate a password")
    assert boss.page.heading == "New password for li.na"
    made = next(node.get("value") for node in boss.page.root.all("input") if node.has("readonly"))
    assert is_outside(before)
    assert boss.clicks("I have copied it").does_not_see(made)
    assert fact(boss, "Password") == "Set, and to be replaced at the next login"


def test_suspending_and_resuming(boss: Visitor, lina: int, another_visitor: MakeVisitor) -> None:
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    assert security(boss, lina).submits("Suspend").sees("Suspended: all logins have ended")
    assert is_outside(visitor)
    assert boss.submits("Resume").sees("Resumed. This user may come in again.")


def test_a_role_is_given_and_taken(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    security(boss, lina).fills(Role="Auditor").submits("Save role")
    assert boss.sees("The role is changed.")
    assert fact(boss, "Role") == "Auditor"
    comes_in(visitor, "li.na", PHONE).opens(f"/admin/users/{lina}")
    assert visitor.status == 200
    boss.fills(Role="No role").submits("Save role")
    assert is_outside(visitor)
    boss.posts(f"/admin/users/{lina}/role", role="emperor")
    assert boss.status == 422


def test_deleting_asks_for_the_name_and_says_what_is_lost(
    app: Flask, boss: Visitor, lina: int, another_visitor: MakeVisitor,
) -> None:
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    security(boss, lina).clicks("Delete user")
    assert boss.sees("Delete li.na?", "The record of 1 login goes with the user.")
    boss.fills("Type li.na to confirm", "boss").submits("Delete user")
    assert boss.status == 422
    assert boss.sees("That is somebody else, or nobody. Nothing was deleted.")
    boss.fills("Type li.na to confirm", " Li.Na ").submits("Delete user")
    assert leads_to(boss, "/admin/users")
    assert boss.sees("The user is deleted.")
    assert is_outside(visitor)
    assert security(boss, lina).status == 404
    assert boss.sees("This user is gone", "boss deleted this user on")


def test_somebody_with_a_number_alone_is_deleted_by_their_number(boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(phone=FOURTH_PHONE)
    boss.opens(f"/admin/users/{user_id}/delete").does_not_see(FOURTH_PHONE)
    boss.fills("Type the whole mobile phone number, which ends in 71, to confirm", "+49 1511 2345671").submits("Delete user")
    assert boss.opens(f"/admin/users/{user_id}").status == 404


@pytest.mark.parametrize(("act", "typed", "said"), [
    ("suspend", {}, "You can’t suspend yourself"), ("delete", {"typed": "boss"}, "You can’t delete yourself"),
    ("role", {"role": "auditor"}, "You can’t change your own role"), ("role", {"role": ""}, "You can’t change your own role"),
    ("reset", {}, "You can’t reset your own MFA"),
])
def test_nobody_locks_themselves_out(app: Flask, boss: Visitor, act: str, typed: dict[str, str], said: str) -> None:
    security(boss, me(app)).does_not_see("Delete user", "Save role", "Reset MFA")
    assert boss.posts(f"/admin/users/{me(app)}/{act}", **typed).status == 409
    assert boss.sees(said)
    assert is_home(boss.opens("/"), "boss")


def test_the_helpdesk_unlocks_resets_and_sends_links_and_nothing_else(helper: Visitor, lina: int) -> None:
    security(helper, lina)
    assert helper.sees("Reset MFA", "Send a new link")
    assert helper.does_not_see("Suspend", "Delete user", "Save role", "Give a one-time bypass", "Generate a password")
    assert helper.does_not_see("the whole number")
    for act in ("suspend", "resume", "role", "delete", "bypass", "bypass/withdraw", "password", "number"):
        assert helper.opens("/").posts(f"/admin/users/{lina}/{act}", role="administrator").status == 403
    assert security(helper, lina).submits("Send a new link").sees("One-time link for li.na")
    assert helper.opens(f"/admin/users/{lina}/reset").submits("Reset MFA").sees("MFA is reset")


@pytest.mark.parametrize("role", ["administrator", "helpdesk", "auditor"])
def test_the_helpdesk_leaves_people_with_a_role_alone(app: Flask, helper: Visitor, make_user: MakeUser, role: str) -> None:
    other = make_user(username="other", phone=FOURTH_PHONE, role=role)
    assert security(helper, other).sees("are looked after by administrators only")
    assert helper.does_not_see("Reset MFA", "Send a new link")
    for act in ("unlock", "reset", "link"):
        assert helper.posts(f"/admin/users/{other}/{act}").status == 403
        assert helper.sees("are looked after by administrators only")
    assert events(app, user_id=other)[-3:] == [("change refused", "role")] * 3
    assert helper.opens(f"/admin/users/{other}/reset").status == 403
    assert rows(app, "SELECT phone FROM \"user\" WHERE username = 'other'")[0].phone == FOURTH_PHONE


def test_an_auditor_reads_only(make_user: MakeUser, visitor: Visitor, lina: int) -> None:
    make_user(username="reader", phone=OTHER_PHONE, role="auditor")
    security(comes_in(visitor, "reader", OTHER_PHONE), lina)
    assert fact(visitor, "Text message login").startswith("Ready")
    assert visitor.does_not_see("Reset MFA", "Send a new link", "Suspend", PHONE)
    for act in ("unlock", "reset", "link", "suspend", "role", "delete", "bypass", "password", "number"):
        assert visitor.opens("/").posts(f"/admin/users/{lina}/{act}").status == 403


@pytest.mark.parametrize("act", [
    "unlock", "reset", "link", "suspend", "resume", "role", "delete", "bypass", "bypass/withdraw", "password", "number",
])
def test_acting_on_somebody_who_is_gone_says_so(app: Flask, boss: Visitor, lina: int, act: str) -> None:
    security(boss, lina)
    does(app, "user", "delete", "li.na")
    assert boss.posts(f"/admin/users/{lina}/{act}", typed="li.na", minutes="5", why="x").status == 404
    assert boss.sees("This user is gone")


@pytest.mark.parametrize("act", ["unlock", "reset", "suspend", "link", "delete", "bypass"])
def test_a_forged_form_does_nothing(app: Flask, boss: Visitor, lina: int, act: str) -> None:
    before = events(app, user_id=lina)
    security(boss, lina).posts(f"/admin/users/{lina}/{act}", csrf_token="forged", typed="li.na", minutes="5", why="x")
    assert boss.status == 400
    assert events(app, user_id=lina) == before


def test_people_without_a_role_have_no_business_here(visitor: Visitor, lina: int) -> None:
    comes_in(visitor, "li.na", PHONE)
    for page in ("", "/security", "/logins", "/trail", "/reset", "/delete"):
        assert visitor.opens(f"/admin/users/{lina}{page}").status == 403


def test_who_has_been_here_very_often_is_counted_about(
    boss: Visitor, lina: int, visitor: Visitor, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.keyset.COUNTED", 1)
    for _ in range(2):
        visitor.logs_in("li.na", PASSWORD)
    assert boss.opens(f"/admin/users/{lina}/delete").sees("The record of more than 1 logins goes with the user.")


def test_the_helpdesk_is_offered_nothing_where_nothing_can_be_done(app: Flask, helper: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="new")
    assert security(helper, user_id).sees("Help this user")
    does(app, "user", "suspend", "new")
    assert security(helper, user_id).does_not_see("Help this user")
