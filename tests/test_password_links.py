"""Does everybody who needs a password get a link of their own by one act, and nobody else? After an import nobody has one."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask

from tests import test_user_list_bulk
from tests.crowds import crowd, numbered
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    events,
    is_home,
    leads_to,
    rows,
)
from tests.test_user_list_bulk import BULK, ticks
from tests.visitor import Visitor

boss = test_user_list_bulk.boss
CREATE = "Create password links"
NEW = "tulip-harbour-velvet-31"


def file_of(visitor: Visitor) -> list[dict[str, str]]:
    """The file that the page itself holds, as a table reads it."""
    link = next(node for node in visitor.page.root.all("a") if node.words() == "Download CSV")
    assert link.get("download") == "password-links.csv"
    kind, _, content = link.get("href").partition(",")
    assert kind == "data:text/csv;charset=utf-8"
    return list(csv.DictReader(io.StringIO(unquote(content), newline="")))


def shown(visitor: Visitor) -> list[str]:
    """The links that the table shows."""
    return [node.words() for node in visitor.page.root.all("bdi") if "/set-password/" in node.words()]


@pytest.mark.usefixtures("both_databases")
def test_each_who_is_ticked_gets_a_link_of_their_own(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    ids = crowd(app, {"username": "anna", "phone": PHONE}, {"username": "bert", "email": "b@example.com"}, {"username": "carl"})
    ticks(boss, "anna", "bert", act=CREATE)
    assert boss.page.heading == "Create password links for 2 users?"
    assert boss.sees("anna", "bert", "the others are left out")
    assert rows(app, "SELECT * FROM link") == []
    boss.submits(CREATE)
    assert boss.page.heading == "Password links"
    assert boss.sees("Links for 2 users.", "Each works once, within 24 hours", "They are shown this once.")
    assert boss.does_not_see("Left out")
    assert events(app, event="password link given") == [("password link given", "ok")] * 2
    owners = {row.user_id for row in rows(app, "SELECT user_id FROM link WHERE used_at IS NULL")}
    assert owners == set(ids[:2])
    links = {row["username"]: row["link"] for row in file_of(boss)}
    assert set(shown(boss)) == {links["anna"], links["bert"]}
    anna = another_visitor().opens(urlsplit(links["anna"]).path)
    assert anna.sees("anna")
    assert leads_to(anna.fills(password=NEW).submits(), "/login")
    assert is_home(anna.logs_in("anna", NEW).enters_code(PHONE), "anna")


def test_file_and_text_say_whose_link_each_is_and_run_nothing(app: Flask, boss: Visitor) -> None:
    crowd(app, {"email": "=cmd@example.com", "name": "=1+1\t'x'", "phone": PHONE})
    user_id = rows(app, "SELECT max(id) AS id FROM \"user\"")[0].id
    boss.opens(f"{BULK}?act=password-links&user={user_id}").submits(CREATE)
    row, = file_of(boss)
    link, = shown(boss)
    assert row == {"username": "", "email": "'=cmd@example.com", "phone": row["phone"], "name": "'=1+1\t'x'", "link": link}
    assert PHONE not in str(row)
    assert row["phone"].endswith(PHONE[-2:])
    text = next(node.words() for node in boss.page.root.all("textarea"))
    assert text == f"'=1+1 'x' {link}"


@pytest.mark.usefixtures("both_databases")
def test_who_needs_none_or_could_not_use_it_is_left_out_with_the_reason(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="anna")
    crowd(app, {"username": "bert", "suspended": True}, {"username": "carl"}, {"username": "dora"})
    ticks(boss, "anna", "bert", "carl", "dora", act=CREATE)
    does(app, "user", "delete", "dora")
    boss.submits(CREATE)
    assert boss.sees("A link for 1 user. 2 were left out.", "Has a password already.", "Suspended: a link would be no good.")
    assert [row["username"] for row in file_of(boss)] == ["carl"]
    assert len(rows(app, "SELECT * FROM link")) == 1


def test_where_nobody_needs_one_there_is_nothing_to_copy(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="anna")
    ticks(boss, "anna", act=CREATE).submits(CREATE)
    assert boss.sees("Nobody was given a link. 1 was left out.")
    assert boss.does_not_see("Download CSV", "They are shown this once.")
    assert rows(app, "SELECT * FROM link") == []


def test_the_helpdesk_gives_links_to_people_without_a_role_only(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="helper", phone=PHONE, role="helpdesk")
    crowd(app, {"username": "anna"}, {"username": "bert", "role": "auditor"})
    helper = comes_in(another_visitor(), "helper", PHONE)
    ticks(helper, "anna", "bert", act=CREATE).submits(CREATE)
    assert helper.sees("A link for 1 user. 1 was left out.", "looked after by administrators only")
    assert [row["username"] for row in file_of(helper)] == ["anna"]


def test_an_auditor_is_offered_none_and_gets_none(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="reader", phone=THIRD_PHONE, role="auditor")
    user_id, = crowd(app, {"username": "anna"})
    reader = comes_in(another_visitor(), "reader", THIRD_PHONE)
    assert reader.opens("/admin/users").does_not_see(CREATE)
    token = reader.tokens[0]
    assert reader.posts(BULK, csrf_token=token, act="password-links", ids=str(user_id)).status == 403
    assert rows(app, "SELECT * FROM link") == []


def test_no_more_at_a_time_than_one_page_names(app: Flask, boss: Visitor) -> None:
    ids = crowd(app, *numbered(51))
    boss.opens(f"{BULK}?q=user&all=1&act=password-links")
    assert boss.status == 422
    assert boss.sees("Nothing was done", "At most 50 users")
    boss.opens("/admin/users").posts(BULK, act="password-links", ids=",".join(map(str, ids)))
    assert len(file_of(boss)) == 50
    assert len(rows(app, "SELECT * FROM link")) == 50


def test_links_are_for_those_alone_who_proved_lately_who_they_are(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "anna"})
    ticks(boss, "anna", act=CREATE)
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text("""UPDATE sign_in SET methods = '{"pwd": 1, "sms": 1}'"""))
    assert leads_to(boss.submits(CREATE), "/login/again")
    assert rows(app, "SELECT * FROM link") == []


def test_asked_again_the_earlier_links_are_good_no_more(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    crowd(app, {"username": "anna"})
    first, second = (shown(ticks(boss, "anna", act=CREATE).submits(CREATE))[0] for _ in range(2))
    assert another_visitor().opens(urlsplit(first).path).status == 404
    assert another_visitor().opens(urlsplit(second).path).status == 200
    assert OTHER_PHONE not in first + second
