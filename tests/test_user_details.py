"""What do administrators see and change on *Personal Information*, the mobile phone number among it?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import (
    FOURTH_PHONE,
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    events,
    is_home,
    is_outside,
    later,
    leads_to,
    rows,
)
from tests.visitor import Visitor

__all__ = ["later"]


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


@pytest.fixture
def second_boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="chief", phone=THIRD_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.8"), "chief", THIRD_PHONE)


def binds(visitor: Visitor, user_id: int, phone: str, button: str = "Bind mobile phone number") -> Visitor:
    typed = {"Country or region": "DE", "Mobile phone number": phone}
    return visitor.opens(f"/admin/users/{user_id}").fills(**typed).submits(button)


def test_the_page_names_the_person_and_shows_how_they_stand(boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na", name="Li Na", email="li@example.com")
    boss.opens(f"/admin/users/{user_id}")
    assert boss.page.heading == "Li Na"
    assert "Personal Information" in boss.page.title
    assert boss.sees("Active", "Will bind a phone", "Show more fields")
    assert [node.words() for node in boss.page.root.all("h2")] == ["Personal Information"]


def test_a_number_is_bound_as_the_guide_says(app: Flask, boss: Visitor, make_user: MakeUser, visitor: Visitor) -> None:
    user_id = make_user(username="li.na")
    binds(boss, user_id, "01511 2345678")
    assert boss.status == 200
    assert boss.sees("Bound, not proven until the first code.", "+49 ••• •••• ••78 Not proven")
    assert ("phone bound", "not proven") in events(app, user_id=user_id)
    assert is_home(comes_in(visitor, "li.na", PHONE), "li.na")
    assert boss.opens(f"/admin/users/{user_id}").sees("+49 ••• •••• ••78 Proven")


def test_the_fields_are_there_without_unfolding_by_script(boss: Visitor, make_user: MakeUser) -> None:
    boss.opens(f"/admin/users/{make_user(username='li.na')}")
    folded = boss.page.root.all("details")[-1]
    assert [node.words() for node in folded.all("summary")] == ["Show more fields"]
    assert not folded.has("open")
    assert [node.get("name") for node in folded.all("input") if node.get("type") == "tel"] == ["phone"]


def test_a_number_of_somebody_else_is_refused_and_says_whose(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="owner", phone=PHONE)
    user_id = make_user(username="li.na")
    binds(boss, user_id, PHONE)
    assert boss.status == 422
    assert boss.sees("That number belongs to owner already.")
    assert boss.clicks("Open owner").page.heading == "owner"
    assert rows(app, "SELECT phone FROM \"user\" WHERE id = :id", id=user_id)[0].phone is None


@pytest.mark.parametrize(("phone", "said"), [
    ("", "Enter the user’s mobile phone number."), ("12", "That isn’t a whole phone number."),
    ("+49 900 1234567", "can’t receive"),
    ("+1 650 253 0000", "We can’t send text messages to that country."),
])
@pytest.mark.settings(PORTAL_COUNTRIES="DE,CN")
def test_a_number_that_gets_no_texts_is_refused(boss: Visitor, make_user: MakeUser, phone: str, said: str) -> None:
    binds(boss, make_user(username="li.na"), phone)
    assert boss.status == 422
    assert boss.sees(said)
    field = boss.form("phone").find("phone")
    assert field is not None
    assert field.get("value") == phone
    assert boss.page.root.all("details")[-1].has("open")


def test_another_number_ends_the_person_s_logins(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    binds(boss, user_id, FOURTH_PHONE, "Change mobile phone number")
    assert boss.sees("Bound, not proven until the first code.", "+49 ••• •••• ••71")
    assert is_outside(visitor)
    assert ("phone bound", "not proven") in events(app, user_id=user_id)


def test_the_number_bound_already_changes_nothing(boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    assert binds(boss, user_id, PHONE, "Change mobile phone number").sees("That is the number of this user already.")
    assert is_home(visitor.opens("/"), "li.na")


def test_an_administrator_who_changes_their_own_number_stays(boss: Visitor, app: Flask) -> None:
    mine = rows(app, "SELECT id FROM \"user\" WHERE username = 'boss'")[0].id
    assert binds(boss, mine, FOURTH_PHONE, "Change mobile phone number").sees("Bound, not proven")
    assert is_home(boss.opens("/"), "boss")


def test_removing_a_number_asks_first_and_ends_the_logins(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    visitor = comes_in(another_visitor(), "li.na", PHONE)
    boss.opens(f"/admin/users/{user_id}").clicks("Remove mobile phone number")
    assert boss.sees("Remove the mobile phone number of li.na?", "+49 ••• •••• ••78")
    boss.submits("Remove mobile phone number")
    assert boss.sees("The mobile phone number is removed.")
    assert is_outside(visitor)
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/phone")
    assert ("phone removed", "ok") in events(app, user_id=user_id)


def test_the_last_identifier_is_not_removed(boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(phone=PHONE)
    boss.opens(f"/admin/users/{user_id}/phone/remove").submits("Remove mobile phone number")
    assert boss.status == 409
    assert boss.sees("The number is all that this user can log in with.")


def test_nobody_removes_their_own_number(app: Flask, boss: Visitor) -> None:
    mine = rows(app, "SELECT id FROM \"user\" WHERE username = 'boss'")[0].id
    boss.opens(f"/admin/users/{mine}")
    assert boss.does_not_see("Remove mobile phone number")
    boss.posts(f"/admin/users/{mine}/phone/remove", version="2")
    assert boss.status == 409
    assert boss.sees("it would lock you out")


def test_username_email_and_name_are_changed_and_written_down(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na")
    boss.opens(f"/admin/users/{user_id}").fills(Username=" Li.Na2 ", Email="li@example.com", Name="Li Na").submits("Save")
    assert boss.sees("Saved.")
    assert boss.page.heading == "Li Na"
    assert ("user changed", "ok") in events(app, user_id=user_id)
    assert does(app, "user", "show", "li.na2")


def test_saving_what_is_there_already_changes_nothing(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na")
    assert boss.opens(f"/admin/users/{user_id}").submits("Save").sees("Nothing was changed.")
    assert ("user changed", "ok") not in events(app, user_id=user_id)


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("Username", "1234", "A username has 2 to 64 characters"), ("Username", "a@b", "A username has 2 to 64 characters"),
    ("Email", "nobody", "That is not an email address."), ("Name", "x" * 201, "A name has at most 200 characters."),
    ("Username", "", "needs a username or an email"),
])
def test_what_cannot_be_is_refused_beside_its_field(
    boss: Visitor, make_user: MakeUser, field: str, typed: str, said: str,
) -> None:
    boss.opens(f"/admin/users/{make_user(username='li.na')}").fills(field, typed).submits("Save")
    assert boss.status == 422
    assert boss.sees(said)
    assert boss.page.title.startswith("Error: ")
    node = boss.form(field).find(field)
    assert node is not None
    assert node.get("value") == typed


@pytest.mark.parametrize(("field", "typed"), [("Username", "OWNER"), ("Email", "Owner@Example.com")])
def test_somebody_else_s_name_is_refused_and_says_whose(
    both_databases: str, boss: Visitor, make_user: MakeUser, field: str, typed: str,
) -> None:
    make_user(username="owner", email="owner@example.com")
    boss.opens(f"/admin/users/{make_user(username='li.na')}").fills(field, typed).submits("Save")
    assert boss.status == 422
    assert boss.sees(f"Somebody has that {field.lower()} already.")
    assert boss.clicks("Open owner").page.heading == "owner"


def test_the_later_of_two_administrators_is_told_what_holds_now(
    both_databases: str, boss: Visitor, second_boss: Visitor, make_user: MakeUser,
) -> None:
    page = f"/admin/users/{make_user(username='li.na', name='Li Na')}"
    boss.opens(page)
    second_boss.opens(page).fills(Name="Li Nan").submits("Save")
    boss.fills(Name="Li N.").submits("Save")
    assert boss.status == 409
    assert boss.sees("Somebody changed this user meanwhile", "Now: Li Nan")
    node = boss.form("Name").find("Name")
    assert node is not None
    assert node.get("value") == "Li N."
    assert boss.submits("Save").sees("Saved.")
    assert boss.page.heading == "Li N."


def test_a_number_bound_meanwhile_is_not_overwritten(
    app: Flask, both_databases: str, boss: Visitor, second_boss: Visitor, make_user: MakeUser,
) -> None:
    user_id = make_user(username="li.na")
    boss.opens(f"/admin/users/{user_id}")
    binds(second_boss, user_id, PHONE)
    boss.fills("Mobile phone number", FOURTH_PHONE).submits("Bind mobile phone number")
    assert boss.status == 409
    assert boss.sees("Somebody changed this user meanwhile", "+49 ••• •••• ••78")
    assert rows(app, "SELECT phone FROM \"user\" WHERE id = :id", id=user_id)[0].phone == PHONE
    assert boss.submits("Change mobile phone number").sees("+49 ••• •••• ••71")


def test_a_form_without_its_token_keeps_what_was_typed(boss: Visitor, make_user: MakeUser) -> None:
    page = f"/admin/users/{make_user(username='li.na')}"
    boss.opens(page).posts(page, csrf_token="", username="li.na", name="Li Na", version="1")
    assert boss.status == 400
    assert boss.submits("Save").sees("Saved.")
    assert boss.page.heading == "Li Na"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202eevil", "李" * 200, "a'\"&<b>"])
def test_a_hostile_name_is_only_a_name(boss: Visitor, make_user: MakeUser, name: str) -> None:
    boss.opens(f"/admin/users/{make_user(username='li.na')}").fills(Name=name).submits("Save")
    assert boss.sees("Saved.")
    assert boss.page.heading == name.removeprefix("\u202e")


def test_a_control_character_in_a_name_is_dropped(both_databases: str, boss: Visitor, make_user: MakeUser) -> None:
    boss.opens(f"/admin/users/{make_user(username='li.na')}").fills(Name="Li\0\nNa").submits("Save")
    assert boss.page.heading == "LiNa"


@pytest.mark.parametrize("user_id", ["0", "99999", "9" * 30, "9" * 5_000])
def test_who_never_was_is_not_found(both_databases: str, boss: Visitor, user_id: str) -> None:
    assert boss.opens(f"/admin/users/{user_id}").status == 404
    assert boss.sees("There is no such user")


def test_who_is_gone_is_said_to_be_gone_and_by_whom(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na")
    boss.opens(f"/admin/users/{user_id}")
    does(app, "user", "delete", "li.na")
    assert boss.fills(Name="Li Na").submits("Save").status == 404
    assert boss.sees("This user is gone", "command deleted this user on")


@pytest.mark.parametrize("role", ["helpdesk", "auditor"])
def test_others_in_the_console_read_only(make_user: MakeUser, visitor: Visitor, role: str) -> None:
    make_user(username="reader", phone=OTHER_PHONE, role=role)
    user_id = make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "reader", OTHER_PHONE).opens(f"/admin/users/{user_id}")
    assert visitor.sees("li.na", "+49 ••• •••• ••78")
    assert visitor.does_not_see("Save", PHONE, "Change mobile phone number")
    for path in (f"/admin/users/{user_id}", f"/admin/users/{user_id}/phone", f"/admin/users/{user_id}/phone/remove"):
        assert visitor.opens("/").posts(path, version="1", phone=PHONE, country="DE").status == 403


def test_the_whole_number_stands_nowhere_on_the_page(boss: Visitor, make_user: MakeUser) -> None:
    boss.opens(f"/admin/users/{make_user(username='li.na', phone=PHONE)}")
    assert boss.does_not_see(PHONE, PHONE[3:])


def test_a_page_that_answers_a_form_is_read_in_chinese_where_it_stands(boss: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na")
    for path in ("", "/phone"):
        boss.opens(f"/admin/users/{user_id}").posts(f"/admin/users/{user_id}{path}", username="1", phone="1")
        assert boss.status == 422
        assert leads_to(boss.clicks("简体中文"), f"/admin/users/{user_id}")
        boss.clicks("English")


def test_a_number_waits_for_an_old_proof_and_is_bound_after_it(
    app: Flask, boss: Visitor, make_user: MakeUser, later: Later,
) -> None:
    user_id = make_user(username="li.na")
    boss.opens(f"/admin/users/{user_id}")
    later(700)
    boss.fills("Mobile phone number", PHONE).submits("Bind mobile phone number")
    assert leads_to(boss, "/login/again")
    assert ("phone bound", "not proven") not in events(app, user_id=user_id)
    boss.fills(password=PASSWORD).submits("Confirm").enters_code(OTHER_PHONE)
    assert boss.sees("Bind mobile phone number")
    boss.submits("Go on")
    assert boss.sees("Bound, not proven until the first code.")
