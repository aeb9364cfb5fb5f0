"""Can an administrator create, find, change and delete applications, and is nothing lost or broken on the way?"""

from __future__ import annotations

from base64 import b64decode

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.drawing import drawn, picture
from tests.people import (
    OTHER_PHONE,
    PHONE,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    does,
    events,
    leads_to,
    rows,
)
from tests.visitor import Visitor

LIST = "/admin/applications"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator before the list of applications."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE).opens(LIST)


def creates(visitor: Visitor, name: str, **about: str) -> Visitor:
    return visitor.opens(LIST).clicks("Create application").fills(name=name, **about).submits("Create application")


def details(app: Flask, name: str) -> str:
    [row] = rows(app, "SELECT id FROM application WHERE name = :name", name=name)
    return f"{LIST}/{row.id}"


def names(visitor: Visitor) -> list[str]:
    return [node.words() for node in visitor.page.root.all("th") if node.get("scope") == "row"]


def test_the_first_visit_says_what_to_do_first(boss: Visitor) -> None:
    assert boss.sees("No applications yet", "Create application")
    assert boss.page.heading == "Self-built application"


@pytest.mark.usefixtures("both_databases")
def test_an_application_is_created_and_found(app: Flask, boss: Visitor) -> None:
    creates(boss, "  Customer   Relations ", home_address="https://crm.example/start", colour="#a11b12")
    assert boss.sees("The application is created.", "https://crm.example/start", "Global rules")
    assert boss.page.heading == "Customer Relations"
    assert boss.page.title.startswith("Customer Relations: Application details")
    [row] = rows(app, "SELECT * FROM application")
    assert (row.name, row.name_key, row.colour, row.logo) == ("Customer Relations", "customer relations", "#a11b12", None)
    assert len(row.client_id) >= 20
    assert boss.sees(row.client_id)
    assert events(app, application_id=row.id) == [("application created", "ok")]
    assert names(boss.opens(f"{LIST}?q=CUSTO")) == ["Customer Relations"]
    assert boss.sees("crm.example", "1–1 of 1")
    assert boss.opens(f"{LIST}?q=relations").sees("No application matches")


def test_the_portal_s_own_blue_is_no_colour_of_its_own(app: Flask, boss: Visitor) -> None:
    creates(boss, "Plain")
    assert [row.colour for row in rows(app, "SELECT colour FROM application")] == [None]


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("name", "", "A name has 1 to 80 characters"),
    ("name", "x" * 81, "A name has 1 to 80 characters"),
    ("name", "evil\u202etxt", "none that can’t be seen"),
    ("name", "\u200f", "none that can’t be seen"),
    ("name", "ARCHIVE", "Another application has that name already."),
    ("home_address", "http://crm.example/", "It begins with https://"),
    ("home_address", "javascript:alert(1)", "It begins with https://"),
    ("home_address", "https://bank.example@evil.example/", "It begins with https://"),
    ("home_address", "https://", "It begins with https://"),
    ("home_address", "https://[::1", "It begins with https://"),
    ("home_address", "https://x.example/" + "a" * 500, "at most 500 characters"),
    ("colour", "red", "A colour is written as #"),
    ("colour", "#ff8800", "its contrast on white is 2.3 to 1, and 4.5 is needed"),
])
def test_what_cannot_be_is_said_beside_its_field_and_the_rest_is_kept(
        app: Flask, boss: Visitor, field: str, typed: str, said: str) -> None:
    add_application(app, "Archive")
    good = {"name": "Travel", "home_address": "https://travel.example/", "colour": "#14613a"}
    creates(boss, **(good | {field: typed}))
    assert boss.status == 422
    assert boss.page.title.startswith("Error: ")
    error = boss.page.by_id(f"{field}-error")
    assert error is not None
    assert said in error.words()
    kept = dict(boss.form("home_address").values())
    assert {name: kept[name] for name in good} == good | {field: typed}
    assert len(rows(app, "SELECT id FROM application")) == 1
    boss.fills(field, good[field]).submits("Create application")
    assert boss.page.heading == "Travel"


@pytest.mark.parametrize("name", [
    "<script>alert(1)</script>", "“A & B”'\"", "مركز المعلومات", "x" * 80, "%(name)s {{ 7*7 }}", "ﬁ" * 80,
])
@pytest.mark.usefixtures("both_databases")
def test_a_strange_name_is_shown_as_it_is(app: Flask, boss: Visitor, visitor: Visitor, name: str) -> None:
    creates(boss, name)
    assert boss.page.heading == name
    assert names(boss.opens(LIST)) == [name]
    [row] = rows(app, "SELECT id, client_id FROM application")
    assert boss.opens(f"{LIST}/{row.id}/delete").sees(name)
    assert visitor.opens(f"/login?application={row.client_id}").page.heading == f"Log in to {name}"


def test_a_name_of_200_characters_is_refused_and_kept(boss: Visitor) -> None:
    creates(boss, "ß" * 200)
    assert boss.status == 422
    assert dict(boss.form("name").values())["name"] == "ß" * 200


def test_a_list_is_searched_sorted_filtered_and_paged(app: Flask, boss: Visitor) -> None:
    for number in range(60):
        does(app, "application", "create", "--name", f"Tool {number:02}")
    assert names(boss.opens(LIST)) == [f"Tool {number:02}" for number in range(50)]
    assert boss.sees("1–50 of 60")
    assert names(boss.clicks("Next")) == [f"Tool {number:02}" for number in range(50, 60)]
    assert names(boss.clicks("Previous"))[0] == "Tool 00"
    assert names(boss.clicks("Name"))[0] == "Tool 59"
    assert names(boss.clicks("Created"))[0] == "Tool 00"
    does(app, "mfa", "--application", "Tool 07", "on")
    assert names(boss.opens(LIST).fills(rules="Rules of their own").submits("Search")) == ["Tool 07"]
    assert boss.sees("Own rules")
    assert len(names(boss.opens(f"{LIST}?rules=own"))) == 1
    assert boss.opens(f"{LIST}?rules=global").sees("1–50 of 59")
    assert len(names(boss.opens(f"{LIST}?rules=nonsense&at=nonsense&sort=nonsense&q=%00"))) == 50


def test_a_change_is_saved_and_written_down_with_what_was_before(app: Flask, boss: Visitor) -> None:
    creates(boss, "Travel", home_address="https://travel.example/")
    boss.fills(name="Journeys", colour="#14613a").submits("Save changes")
    assert boss.sees("Saved. It holds at once.")
    assert boss.page.heading == "Journeys"
    [entry] = rows(app, "SELECT actor, detail FROM audit_entry WHERE event = 'application changed'")
    assert entry.actor == "boss"
    assert all(word in str(entry.detail) for word in ("Travel", "Journeys", "#14613a"))
    assert "travel.example" not in str(entry.detail)
    assert boss.submits("Save changes").sees("Nothing was changed.")
    [entry_id] = rows(app, "SELECT id FROM audit_entry WHERE event = 'application changed'")
    assert boss.opens(f"/admin/audit/{entry_id.id}").sees("Name Travel → Journeys")
    assert [row.version for row in rows(app, "SELECT version FROM application")] == [2]


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("version", ["", "x", "-1", str(2**31), "9" * 25])
def test_a_version_that_is_none_saves_nothing(app: Flask, boss: Visitor, version: str) -> None:
    creates(boss, "Travel")
    assert boss.opens(details(app, "Travel")).posts(details(app, "Travel"), name="Trips", version=version).status == 409
    assert [row.name for row in rows(app, "SELECT name FROM application")] == ["Travel"]


@pytest.mark.usefixtures("both_databases")
def test_two_at_once_lose_nothing_silently(app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="chief", phone=PHONE, administrator=True)
    creates(boss, "Travel", home_address="https://travel.example/")
    here = details(app, "Travel")
    chief = comes_in(another_visitor(), "chief", PHONE).opens(here)
    chief.fills(home_address="https://journeys.example/").submits("Save changes")
    boss.fills(name="Trips").submits("Save changes")
    assert boss.status == 409
    assert boss.sees("chief changed this application", "Home address is now “https://journeys.example/”")
    assert dict(boss.form("home_address").values())["name"] == "Trips"
    assert [(row.name, row.home_address) for row in rows(app, "SELECT * FROM application")] == [("Travel", "https://journeys.example/")]
    boss.submits("Save changes")
    assert boss.sees("Saved.")
    assert [(row.name, row.home_address) for row in rows(app, "SELECT * FROM application")] == [("Trips", "https://travel.example/")]


def test_a_name_that_another_has_is_refused_on_changing_too(app: Flask, boss: Visitor) -> None:
    add_application(app, "Archive")
    creates(boss, "Travel").fills(name="archive").submits("Save changes")
    assert boss.status == 422
    assert boss.sees("Another application has that name already.")
    assert boss.page.heading == "Travel"


@pytest.mark.usefixtures("both_databases")
def test_deleting_says_what_is_lost_asks_for_the_name_and_takes_the_rules_too(
        app: Flask, boss: Visitor, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    creates(boss, "Travel")
    [row] = rows(app, "SELECT id, client_id FROM application")
    does(app, "mfa", "--application", "Travel", "on")
    visitor.opens(f"/login?application={row.client_id}").fills(identifier="li.na", password=PASSWORD).submits()
    boss.opens(f"{LIST}/{row.id}").clicks("Delete application")
    assert boss.sees("1 login came through it in the last 24 hours", "It has rules of its own", "cannot be taken back")
    boss.fills(name="Tavel").submits("Delete application")
    assert boss.status == 422
    assert boss.sees("Type the application’s name as it stands above.")
    boss.fills(name="travel").submits("Delete application")
    assert leads_to(boss, LIST)
    assert boss.sees("The application is deleted.", "No applications yet")
    assert rows(app, "SELECT * FROM switch WHERE scope <> 'portal'") == []
    assert events(app, application_id=row.id)[-1] == ("application deleted", "ok")
    assert visitor.enters_code(PHONE).path == "/"


def test_a_page_of_a_deleted_application_says_that_it_was_deleted(app: Flask, boss: Visitor) -> None:
    creates(boss, "Travel")
    here = boss.path.partition("?")[0]
    does(app, "application", "delete", "Travel", "--yes")
    boss.fills(name="Journeys").submits("Save changes")
    assert boss.status == 410
    assert boss.sees("This application was deleted", "Nothing of what you sent was saved")
    assert boss.opens(f"{here}/delete").status == 410
    assert boss.clicks("Go to the applications").path == LIST
    assert boss.opens(f"{LIST}/4711").status == 404
    assert boss.opens(f"{LIST}/{10**30}").status == 404


def test_somebody_logs_in_whose_application_is_deleted_meanwhile(
        app: Flask, boss: Visitor, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    client_id = add_application(app, "Travel")
    visitor.opens(f"/login?application={client_id}").fills(identifier="li.na", password=PASSWORD)
    does(app, "application", "delete", "Travel", "--yes")
    visitor.submits()
    assert leads_to(visitor, "/login/code")
    assert visitor.enters_code(PHONE).path == "/"


def test_readers_see_and_only_administrators_change(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    add_application(app, "Travel")
    here = details(app, "Travel")
    make_user(username="reader", phone=PHONE, role="auditor")
    make_user(username="helper", phone=OTHER_PHONE, role="helpdesk")
    reader = comes_in(another_visitor(), "reader", PHONE).opens(LIST)
    assert names(reader) == ["Travel"]
    assert reader.does_not_see("Create application")
    assert reader.clicks("Travel").sees("Client ID", "client-travel")
    assert reader.does_not_see("Save changes", "Delete application", "Experience login")
    for path in (f"{LIST}/new", f"{here}/delete"):
        assert reader.opens(path).status == 403
    token = reader.opens("/").tokens[0]
    for path in (here, f"{LIST}/new", f"{here}/delete"):
        assert reader.posts(path, name="Travel", version="1", csrf_token=token).status == 403
    assert comes_in(another_visitor(), "helper", OTHER_PHONE).opens(LIST).status == 403
    assert [row.name for row in rows(app, "SELECT name FROM application")] == ["Travel"]


@pytest.mark.usefixtures("both_databases")
def test_a_stale_form_opens_again_with_all_that_was_typed_and_its_logo(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{LIST}/new").fills(name="Travel", home_address="https://travel.example/", csrf_token="stale")
    boss.chooses("logo", "logo.png", picture(300, 200)).submits("Create application")
    assert boss.status == 400
    kept = dict(boss.form("home_address").values())
    assert (kept["name"], kept["home_address"]) == ("Travel", "https://travel.example/")
    assert drawn(b64decode(kept["kept_logo"])).size == (128, 128)
    assert boss.submits("Create application").page.heading == "Travel"
    assert [row.has_logo for row in rows(app, "SELECT logo IS NOT NULL AS has_logo FROM application")] == [True]


def test_a_stale_form_shows_nothing_to_who_may_not_see_it(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    add_application(app, "Travel")
    make_user(username="helper", phone=OTHER_PHONE, role="helpdesk")
    helper = comes_in(another_visitor(), "helper", OTHER_PHONE)
    helper.posts(details(app, "Travel"), name="x", csrf_token="stale")
    assert helper.does_not_see("Travel")
