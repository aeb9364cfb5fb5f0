"""Does a one-time link let its owner set a password, and nobody else, nor twice?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests import people, test_translations
from tests.conftest import PASSWORD
from tests.people import PHONE, Later, MakeUser, MakeVisitor, comes_in, does, events, is_home, leads_to, rows
from tests.test_translations import Reader
from tests.town import at_once, post, twin
from tests.visitor import Visitor

later = people.later
reader = test_translations.reader
NEW = "tulip-harbour-velvet-31"
Links = Callable[[int], str]


@pytest.fixture
def links(app: Flask) -> Links:
    """Gives a user a link, as an administrator does; its path."""
    from portal.models import Role
    from portal.signin import oversight
    from portal.trace import COMMAND, Actor

    def give(user_id: int) -> str:
        with app.app_context():
            token = oversight.password_link(user_id, COMMAND, actor=Actor("boss", 7), actor_role=Role.ADMINISTRATOR)
            return f"/set-password/{token}"

    return give


@pytest.fixture
def user_id(make_user: MakeUser) -> int:
    return make_user(username="li.na", phone=PHONE, password=None)


def sets(visitor: Visitor, password: str = NEW) -> Visitor:
    return visitor.fills("New password", password).submits("Save password")


def is_spent(visitor: Visitor) -> bool:
    return visitor.status == 404 and visitor.sees("This link is no good any more", "Ask your administrator for a new one.")


def test_a_person_without_a_password_sets_one_and_logs_in(
    app: Flask, visitor: Visitor, links: Links, make_user: MakeUser, both_databases: str,
) -> None:
    link = links(make_user(username="li.na", phone=PHONE, password=None))
    visitor.opens(link)
    assert visitor.page.heading == "Set your password"
    assert visitor.sees("li.na")
    sets(visitor)
    assert leads_to(visitor, "/login")
    assert visitor.sees("Your password is set. Log in with it.")
    assert is_home(visitor.logs_in("li.na", NEW).enters_code(PHONE), "li.na")
    told = rows(app, "SELECT event, actor, actor_id FROM audit_entry WHERE event LIKE 'password%' ORDER BY id")
    assert [tuple(row) for row in told] == [
        ("password link given", "boss", 7), ("password changed", "one-time link", told[1].actor_id)]
    assert told[1].actor_id == rows(app, 'SELECT id FROM "user"')[0].id


def test_a_link_works_once(visitor: Visitor, another_visitor: MakeVisitor, links: Links, user_id: int) -> None:
    link = links(user_id)
    second = another_visitor().opens(link)
    sets(visitor.opens(link))
    assert is_spent(visitor.opens(link))
    assert is_spent(sets(second, "a walnut on the piano, twice"))
    assert leads_to(visitor.logs_in("li.na", NEW), "/login/code")


def test_looking_at_a_link_does_not_use_it_up(visitor: Visitor, links: Links, user_id: int) -> None:
    link = links(user_id)
    for _ in range(3):
        assert visitor.opens(link).status == 200


def test_of_several_links_the_newest_alone_is_good(visitor: Visitor, links: Links, user_id: int, make_user: MakeUser) -> None:
    first, of_another, second = links(user_id), links(make_user(username="jo")), links(user_id)
    assert is_spent(visitor.opens(first))
    assert visitor.opens(of_another).sees("jo")
    assert visitor.opens(second).sees("li.na")


def test_a_link_is_good_for_a_day(visitor: Visitor, links: Links, user_id: int, later: Later) -> None:
    link = links(user_id)
    later(86_390)
    visitor.opens(link)
    later(20)
    assert is_spent(sets(visitor))
    assert is_spent(visitor.opens(link))


@pytest.mark.parametrize("token", ["guessed", "x" * 300, "%00", "%F0%9F%98%80"])
def test_a_guessed_link_says_nothing(visitor: Visitor, token: str, user_id: int) -> None:
    assert is_spent(visitor.opens(f"/set-password/{token}"))
    assert visitor.does_not_see("li.na")


@pytest.mark.parametrize("words", [
    ("suspend", "li.na"), ("delete", "li.na"), ("set-password", "li.na", "--password-stdin"), ("role", "li.na", "administrator"),
])
def test_what_is_done_to_the_user_meanwhile_ends_the_link(
    app: Flask, visitor: Visitor, links: Links, user_id: int, words: tuple[str, ...],
) -> None:
    link = links(user_id)
    visitor.opens(link)
    does(app, "user", *words, given=f"{PASSWORD}\n")
    assert is_spent(sets(visitor))
    assert is_spent(visitor.opens(link))
    assert [event for event in events(app, event="password changed") if "set-password" not in words] == []


def test_whoever_resumes_may_use_the_link_again(app: Flask, visitor: Visitor, links: Links, user_id: int) -> None:
    link = links(user_id)
    does(app, "user", "suspend", "li.na")
    does(app, "user", "resume", "li.na")
    assert leads_to(sets(visitor.opens(link)), "/login")


@pytest.mark.parametrize(("typed", "said"), [
    ("", "Enter a new password."),
    ("tiny", "That password is too short. Use at least 12 characters."),
    ("Password1234", "That password is easy to guess."),
])
def test_a_password_that_will_not_do_leaves_the_link_good(
    visitor: Visitor, links: Links, user_id: int, typed: str, said: str,
) -> None:
    sets(visitor.opens(links(user_id)), typed)
    assert visitor.status == 422
    assert visitor.sees(said)
    assert leads_to(sets(visitor), "/login")


def test_a_password_through_a_link_ends_the_sign_ins_of_before_and_need_not_be_replaced(
    visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, links: Links, later: Later,
) -> None:
    user_id = make_user(username="li.na", phone=PHONE, must_change=True)
    comes_in(visitor, "li.na", PHONE)
    assert leads_to(visitor, "/login/password")
    sets(another_visitor().opens(links(user_id)))
    assert leads_to(visitor.opens("/login/password"), "/login")
    later(31)
    assert is_home(visitor.logs_in("li.na", NEW).enters_code(PHONE), "li.na")


def test_the_link_is_in_no_row(app: Flask, links: Links, user_id: int) -> None:
    token = links(user_id).rpartition("/")[2]
    told = [rows(app, f"SELECT * FROM {table}") for table in ("link", "audit_entry")]
    assert len(told[0]) == 1
    assert token not in str(told)


def test_a_link_for_nobody_is_not_given(app: Flask) -> None:
    from portal.accounts.users import NoSuchUser
    from portal.models import Role
    from portal.signin import oversight
    from portal.trace import COMMAND, COMMAND_ACTOR

    with app.app_context(), pytest.raises(NoSuchUser):
        oversight.password_link(404, COMMAND, actor=COMMAND_ACTOR, actor_role=Role.ADMINISTRATOR)
    with app.app_context(), pytest.raises(NoSuchUser):
        oversight.generated_password(404, COMMAND, actor=COMMAND_ACTOR)
    assert events(app) == []


def test_a_form_from_before_is_shown_again(visitor: Visitor, links: Links, user_id: int) -> None:
    link = links(user_id)
    visitor.opens(link).posts(link, password=NEW, csrf_token="stale")
    assert visitor.status == 400
    assert leads_to(sets(visitor), "/login")


def test_of_many_who_use_a_link_at_once_one_sets_the_password(
    app: Flask, visitor: Visitor, links: Links, make_user: MakeUser, both_databases: str,
) -> None:
    link = links(make_user(username="li.na", phone=PHONE, password=None))
    visitor.opens(link)
    browsers = [twin(visitor) for _ in range(6)]
    answers = at_once(lambda each: post(each, link, password=NEW).status, browsers)
    assert sorted(answers) == [303, 404, 404, 404, 404, 404]
    assert len(events(app, event="password changed")) == 1


def test_the_page_is_there_in_chinese(reader: Reader, links: Links, make_user: MakeUser) -> None:
    link = links(make_user(username="李娜"))
    reader.opens(link).fills(password="tiny").submits()
    assert reader.page.heading == "设置您的密码"
    reader.fills(password=NEW).submits()
    assert leads_to(reader, "/login")
    assert reader.opens(link).status == 404


def test_the_page_of_a_password_to_be_replaced_is_there_in_chinese(reader: Reader, make_user: MakeUser) -> None:
    make_user(username="李娜", phone=PHONE, must_change=True)
    comes_in(reader, "李娜", PHONE)
    reader.fills(password=PASSWORD).submits()
    assert reader.page.heading == "设置新密码"
    reader.fills(password=NEW).submits()
    assert leads_to(reader, "/")
