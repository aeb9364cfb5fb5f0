"""How does a number become somebody's? By its code alone, whoever else has it, and however it was mistyped before."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people
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
    is_home,
    is_outside,
    leads_to,
    mistypes,
    retry_after,
    told,
)
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def at_the_window(visitor: Visitor, make_user: MakeUser) -> Visitor:
    make_user(username="new")
    return visitor.logs_in("new", PASSWORD)


def names(visitor: Visitor, number: str, country: str = "DE") -> Visitor:
    return visitor.fills(country=country, phone=number).submits()


def test_whoever_has_no_number_binds_one_and_is_home(app: Flask, at_the_window: Visitor, both_databases: str) -> None:
    assert leads_to(at_the_window, "/login/phone")
    assert at_the_window.sees("Bind mobile phone number", "Country or region", "Mobile phone number")
    names(at_the_window, "0151 1234 5678")
    assert leads_to(at_the_window, "/login/code")
    assert told(app, "user", "show", "new")["phone"] is None
    at_the_window.enters_code(PHONE)
    assert is_home(at_the_window, "new")
    user = told(app, "user", "show", "new")
    assert (user["phone"], user["phone_state"]) == (PHONE, "proven")


@pytest.mark.parametrize(("country", "number"), [
    ("DE", "0151 12345678"), ("DE", "151 12345678"), ("DE", "+49 151 12345678"), ("DE", "(0151) 1234-5678"),
    ("FR", "+4915112345678"), ("DE", "０１５１１２３４５６７８"),
])
def test_the_window_takes_every_usual_spelling(at_the_window: Visitor, country: str, number: str) -> None:
    assert leads_to(names(at_the_window, number, country), "/login/code")
    assert is_home(at_the_window.enters_code(PHONE), "new")


@pytest.mark.parametrize(("number", "said"), [
    ("", "Enter your mobile phone number."), ("12", "That isn’t a whole phone number."),
    ("hello", "That isn’t a whole phone number."), ("+1", "That isn’t a whole phone number."),
    ("+49 900 1234567", "That number can’t receive our text messages."),
])
def test_what_is_no_number_is_said_beside_the_field_and_kept(at_the_window: Visitor, number: str, said: str) -> None:
    names(at_the_window, number)
    assert at_the_window.status == 422
    assert at_the_window.sees(said)
    typed = dict(at_the_window.form("phone").values())
    assert (typed["phone"], typed["country"]) == (number, "DE")


@pytest.mark.settings(PORTAL_COUNTRIES="DE,AT", PORTAL_HOME_COUNTRY="DE")
def test_a_country_without_text_messages_is_said(at_the_window: Visitor) -> None:
    names(at_the_window, "+86 138 0013 8000")
    assert at_the_window.status == 422
    assert at_the_window.sees("We can’t send text messages to that country.")
    assert at_the_window.text_messages("+8613800138000") == []


def test_a_mistyped_number_is_changed_on_the_code_page(app: Flask, at_the_window: Visitor) -> None:
    names(at_the_window, OTHER_PHONE)
    wrong_one = at_the_window.reads_code(OTHER_PHONE)
    at_the_window.clicks("Change the number")
    names(at_the_window, PHONE)
    assert at_the_window.sees("•78")
    at_the_window.fills(code=wrong_one).submits()
    assert at_the_window.sees("That code is not right.")
    assert is_home(at_the_window.enters_code(PHONE), "new")
    assert told(app, "user", "show", "new")["phone"] == PHONE


def test_naming_the_same_number_again_sends_nothing_and_keeps_the_code(at_the_window: Visitor) -> None:
    names(at_the_window, PHONE)
    at_the_window.clicks("Change the number")
    names(at_the_window, PHONE)
    assert leads_to(at_the_window, "/login/code")
    assert len(at_the_window.text_messages(PHONE)) == 1
    assert is_home(at_the_window.enters_code(PHONE), "new")


def test_a_fourth_number_is_one_too_many(at_the_window: Visitor) -> None:
    for number in (PHONE, OTHER_PHONE, THIRD_PHONE):
        assert leads_to(names(at_the_window, number), "/login/code")
        at_the_window.clicks("Change the number")
    names(at_the_window, FOURTH_PHONE)
    assert at_the_window.status == 422
    assert at_the_window.sees("That is one number too many for this login.")
    assert at_the_window.text_messages(FOURTH_PHONE) == []


def test_a_number_that_is_somebody_else_s_is_refused_only_after_its_code(
    app: Flask, at_the_window: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="owner", phone=PHONE)
    names(at_the_window, PHONE)
    assert leads_to(at_the_window, "/login/code")
    assert at_the_window.does_not_see("another account")
    at_the_window.enters_code(PHONE)
    assert leads_to(at_the_window, "/login/phone")
    assert at_the_window.sees("That number belongs to another account already.")
    names(at_the_window, OTHER_PHONE).enters_code(OTHER_PHONE)
    assert is_home(at_the_window, "new")
    assert told(app, "user", "show", "owner")["phone"] == PHONE


def test_a_free_and_a_taken_number_look_the_same_until_the_code(
    at_the_window: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="owner", phone=PHONE)
    make_user(username="newer")
    other = another_visitor().logs_in("newer", PASSWORD)
    names(at_the_window, PHONE)
    names(other, OTHER_PHONE)
    assert at_the_window.page.text.replace("78", "79") == other.page.text
    mistypes(at_the_window, at_the_window.reads_code(PHONE), 1)
    mistypes(other, other.reads_code(OTHER_PHONE), 1)
    assert at_the_window.page.text.replace("78", "79") == other.page.text


def test_the_owner_is_not_disturbed_by_somebody_who_names_their_number(
    at_the_window: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="owner", phone=PHONE)
    names(at_the_window, PHONE)
    owner = another_visitor(address="192.0.2.1").logs_in("owner", PASSWORD)
    assert owner.sees("Sending…")
    assert is_home(owner.enters_code(PHONE), "owner")


def test_where_administrators_alone_bind_the_window_says_whom_to_ask(app: Flask, at_the_window: Visitor) -> None:
    page = at_the_window.page
    does(app, "mfa", "--binding", "administrators")
    at_the_window.opens("/login/phone")
    assert at_the_window.sees("Ask your administrator to add your mobile phone number.")
    assert at_the_window.does_not_see("Send verification code")
    at_the_window.page = page
    names(at_the_window, PHONE)
    assert at_the_window.status == 403
    assert at_the_window.text_messages(PHONE) == []


def test_a_number_given_by_an_administrator_is_proven_by_its_first_code(app: Flask, visitor: Visitor) -> None:
    does(app, "user", "create", "--username", "li.na", "--phone", PHONE, "--password-stdin", given=f"{PASSWORD}\n")
    assert told(app, "user", "show", "li.na")["phone_state"] == "not proven"
    assert is_home(comes_in(visitor, "li.na", PHONE), "li.na")
    assert told(app, "user", "show", "li.na")["phone_state"] == "proven"


def test_binding_a_number_ends_the_user_s_other_sign_ins(
    app: Flask, at_the_window: Visitor, another_visitor: MakeVisitor,
) -> None:
    does(app, "mfa", "--global", "off")
    elsewhere = another_visitor().logs_in("new", PASSWORD)
    assert is_home(elsewhere, "new")
    does(app, "mfa", "--global", "on")
    names(at_the_window, PHONE).enters_code(PHONE)
    assert is_home(at_the_window, "new")
    assert is_outside(elsewhere)


def test_of_two_people_with_one_phone_the_first_to_prove_it_has_it(
    app: Flask, at_the_window: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, both_databases: str,
) -> None:
    make_user(username="newer")
    other = another_visitor().logs_in("newer", PASSWORD)
    code = names(at_the_window, PHONE).reads_code(PHONE)
    other_code = names(other, PHONE).reads_code(PHONE) if other.status == 200 else ""
    if other.status == 429:
        pytest.fail(f"the second person waits {retry_after(other)} s: {other.page.text}")
    assert is_home(at_the_window.fills(code=code).submits(), "new")
    other.fills(code=other_code).submits()
    assert other.sees("That number belongs to another account already.")


def test_the_code_step_begins_the_sign_in_s_time_anew_but_twenty_minutes_end_it(at_the_window: Visitor, later: Later) -> None:
    later(590)
    names(at_the_window, PHONE)
    later(290)
    assert is_home(at_the_window.enters_code(PHONE), "new")


def test_twenty_minutes_end_a_sign_in_whatever_it_does(at_the_window: Visitor, later: Later) -> None:
    later(590)
    names(at_the_window, PHONE)
    for _ in range(2):
        later(290)
        at_the_window.posts("/login/code/resend")
    later(40)
    at_the_window.opens("/login/code")
    assert leads_to(at_the_window, "/login")


def test_a_code_for_binding_signs_nobody_else_in(
    at_the_window: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="owner", phone=PHONE)
    code = names(at_the_window, PHONE).reads_code(PHONE)
    owner = another_visitor().logs_in("owner", PASSWORD)
    owner.fills(code=code).submits()
    assert owner.sees("That code is not right.")
    assert is_outside(owner)


def test_a_bound_number_cannot_be_changed_in_the_sign_in(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", PASSWORD)
    assert visitor.does_not_see("Change the number")
    visitor.posts("/login/phone", country="DE", phone=OTHER_PHONE)
    assert leads_to(visitor, "/login/code")
    assert visitor.text_messages(OTHER_PHONE) == []
    visitor.opens("/login/phone")
    assert leads_to(visitor, "/login/code")
