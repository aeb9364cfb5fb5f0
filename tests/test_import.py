"""Do the users of a file come into the pool as its page has said before, and nobody else?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import importing, people
from tests.conftest import PASSWORD
from tests.importing import UPLOAD, checks, faulty_file, imports, lines, uploads, user, usernames, works_off
from tests.people import PHONE, Later, MakeUser, MakeVisitor, comes_in, does, events, is_home, is_outside, leads_to, rows
from tests.visitor import Visitor

boss, later = importing.boss, people.later
pytestmark = pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
THREE = lines("ada,ada@example.com,+4915112345678,Ada Lovelace,", "bob,,,Bob,yes", ",carla@example.com,0151 12345670,,no")


@pytest.mark.usefixtures("both_databases")
def test_a_file_is_checked_first_and_then_imported(app: Flask, boss: Visitor) -> None:
    uploads(boss, THREE)
    assert boss.sees("Being checked", "Checked 0 of 3 rows", "Reload")
    works_off(app, boss)
    assert boss.sees("Nothing is imported yet", "To be created 3", "To be updated 0", "Faulty 0", "UTF-8, separated by: Comma")
    assert usernames(app) == []
    boss.submits("Import all 3 rows")
    assert boss.sees("Being imported", "in one go, or none")
    works_off(app, boss)
    assert boss.sees("Imported: 3 users created, 0 updated.", "Created 3")
    ada, bob = user(app, "ada"), user(app, "bob")
    assert (ada.email, ada.phone, ada.phone_state, ada.name) == ("ada@example.com", PHONE, "not proven", "Ada Lovelace")
    assert (ada.suspended, bob.suspended) == (False, True)
    assert (ada.password_hash, ada.role, ada.version) == (None, None, 1)
    assert rows(app, "SELECT phone FROM \"user\" WHERE email_key = 'carla@example.com'")[0].phone == "+4915112345670"


@pytest.mark.usefixtures("both_databases")
def test_an_import_and_each_of_its_users_are_in_the_audit_log(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="bob", phone="+4915112345679")
    imports(app, boss, lines("ada,,,,", "bob,,+4915112345670,Robert,yes"), "Import all 2 rows")
    assert events(app, actor="boss")[-5:] == [
        ("user created", "ok"), ("user changed", "ok"), ("phone bound", "not proven"), ("user suspended", "ok"),
        ("users imported", "ok")]
    [whole] = rows(app, "SELECT * FROM audit_entry WHERE event = 'users imported'")
    assert '"creates": 1' in str(whole.detail).replace("'", '"')
    told = {row.event: row for row in rows(app, "SELECT * FROM audit_entry ORDER BY id")}
    assert told["user created"].user_id == user(app, "ada").id
    assert told["phone bound"].user_id == user(app, "bob").id
    assert "4915112345670" not in str(told["phone bound"].detail)
    assert boss.opens(f"/admin/users/{user(app, 'bob').id}/trail").sees("User suspended", "Phone number bound")


@pytest.mark.usefixtures("both_databases")
def test_somebody_with_one_of_the_identifiers_is_updated_and_an_empty_cell_changes_nothing(
        app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="by.name", email="old@example.com", name="Old")
    make_user(username="by.mail", email="mail@example.com", phone=PHONE)
    make_user(username="by.number", phone="+4915112345679", name="Same")
    page = checks(app, boss, lines("BY.NAME,new@example.com,,,", "renamed,mail@example.com,,New,", ",,0151 12345679,Same,no"))
    assert page.sees("To be created 0", "To be updated 2", "Unchanged 1", "Faulty 0")
    works_off(app, boss.submits("Import all 3 rows"))
    by_name, renamed = user(app, "by.name"), user(app, "renamed")
    assert (by_name.username, by_name.email, by_name.name, by_name.version) == ("BY.NAME", "new@example.com", "Old", 2)
    assert (renamed.email, renamed.name, renamed.phone, renamed.phone_state) == ("mail@example.com", "New", PHONE, "proven")
    assert user(app, "by.number").version == 1
    assert len(usernames(app)) == 3


@pytest.mark.usefixtures("both_databases")
def test_another_number_or_a_suspension_ends_the_logins_of_that_user_alone(
        app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    numbers = {"moved": PHONE, "stopped": "+4915112345679", "renamed": "+4915112345670"}
    people = {}
    for at, (name, phone) in enumerate(numbers.items()):
        make_user(username=name, phone=phone)
        people[name] = comes_in(another_visitor(address=f"192.0.2.{at}"), name, phone)
    imports(app, boss, lines("moved,,+4915112345672,,", "stopped,,,,yes", "renamed,,,Another Name,"), "Import all 3 rows")
    assert is_outside(people["moved"])
    assert is_outside(people["stopped"])
    assert is_home(people["renamed"].opens("/"), "Another Name")
    assert user(app, "moved").phone_state == "not proven"
    assert another_visitor().logs_in("stopped", PASSWORD).path == "/login"
    assert leads_to(another_visitor().logs_in("moved", PASSWORD).enters_code("+4915112345672"), "/")


@pytest.mark.usefixtures("both_databases")
def test_faulty_rows_are_named_with_their_lines_and_come_back_as_a_file(app: Flask, boss: Visitor) -> None:
    page = checks(app, boss, lines("ada,,,,", "x,not an email,12,,maybe", ",,,Nobody,", '=1+1,,,"two\nlines",', "bob,,,,"))
    assert page.sees("3 faulty rows", "To be created 2", "That is not an email address", "Suspended is yes or no",
                     "no username, email or phone", "line breaks or characters")
    numbers = [node.words() for node in page.page.root.all("th") if node.get("role") == "rowheader"]
    assert numbers == ["3", "4", "5"]
    head, first, second, third = faulty_file(boss)
    assert head == ["username", "email", "phone", "name", "suspended", "What is wrong"]
    assert first[:5] == ["x", "not an email", "12", "", "maybe"]
    assert second[3] == "Nobody"
    assert (third[0], third[3]) == ("'=1+1", "two\nlines")
    assert "Import all" not in page.page.text
    works_off(app, boss.submits("Import the 2 valid rows"))
    assert boss.sees("Imported: 2 users created", "3 faulty rows")
    assert usernames(app) == ["ada", "bob"]


def test_a_file_without_one_valid_row_is_called_faulty_and_cannot_be_imported(app: Flask, boss: Visitor) -> None:
    checks(app, boss, lines("ada,,12,Ada,", ",nomail,,Bob,"))
    assert boss.sees("Every row of this file is faulty.", "2 faulty rows", "Discard")
    assert boss.does_not_see("would change anything", "Import the", "Import all")


@pytest.mark.usefixtures("both_databases")
def test_the_corrected_file_of_faulty_rows_can_be_imported(app: Flask, boss: Visitor) -> None:
    checks(app, boss, lines("ada,,12,,", "bob,,,,"))
    answer = boss.sends("GET", boss.path + "/faulty.csv")
    page = checks(app, boss, answer.text.replace(",12,", f",{PHONE},"))
    assert page.sees("To be created 1", "Faulty 0", "Columns left out", "What is wrong")


@pytest.mark.usefixtures("both_databases")
def test_rows_that_mean_the_same_are_all_refused_and_name_each_other(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="grace", email="grace@example.com")
    page = checks(app, boss, lines(
        "ada,,,,", "ADA,,,,", "bob,b@example.com,,,", "bert,B@example.com,,,", "x.1,,0151 12345678,,", "x.2,,+49 151 12345678,,",
        "grace,,,,", ",grace@example.com,,Grace,", "alone,,,,"))
    assert page.sees("8 faulty rows", "To be created 1", "The same username stands in line 3.",
                     "The same username stands in line 2.", "The same email stands in line 5.",
                     "The same phone number stands in line 6.",
                     "Line 9 means the same user by something else.")


@pytest.mark.usefixtures("both_databases")
def test_a_row_that_means_several_users_is_refused(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    first, second = make_user(username="ada"), make_user(username="bob", email="bob@example.com")
    page = checks(app, boss, lines("ada,bob@example.com,,,"))
    assert page.sees("1 faulty row", f"belong to different users: #{first}, #{second}.")


@pytest.mark.usefixtures("both_databases")
def test_no_file_gives_a_role_or_suspends_whoever_has_one(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="help", role="helpdesk")
    page = checks(app, boss, "username,role,suspended\nada,administrator,\nboss,,yes\nhelp,auditor,yes\n")
    assert page.sees("2 faulty rows", "Whoever has a role", "Columns left out role")
    works_off(app, boss.submits("Import the 1 valid row"))
    assert user(app, "ada").role is None
    assert (user(app, "help").role, user(app, "help").suspended) == ("helpdesk", False)
    assert not user(app, "boss").suspended


@pytest.mark.usefixtures("both_databases")
def test_an_exported_file_is_imported_unchanged(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="ada", phone=PHONE, name="=cmd|' /C calc'!A0", email="ada@example.com")
    exported = boss.sends("GET", "/admin/users/export.csv")
    assert "'+4915112345678" in exported.text
    page = checks(app, boss, exported.content)
    assert page.sees("No row of this file would change anything", "Unchanged 2", "To be updated 0")


@pytest.mark.usefixtures("both_databases")
def test_what_came_in_between_is_not_overwritten_and_nothing_is_written(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="ada", name="Ada")
    checks(app, boss, lines("ada,,,Augusta,", "bob,,,,", "new,,,,"))
    boss.submits("Import all 3 rows")
    make_user(username="bob", name="Another Bob")
    does(app, "user", "suspend", "ada")
    works_off(app, boss)
    assert boss.sees("Nothing was imported: other changes came in between", "2 faulty rows", "Since the check")
    assert (user(app, "ada").name, user(app, "bob").name) == ("Ada", "Another Bob")
    assert sorted(usernames(app)) == ["ada", "bob"]
    assert ("users imported", "failed") in events(app)


@pytest.mark.usefixtures("both_databases")
def test_of_valid_rows_those_that_were_overtaken_are_left_out(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    checks(app, boss, lines("ada,,12,,", "bob,,,,", "new,,,,"))
    boss.submits("Import the 2 valid rows")
    make_user(username="bob", name="Another Bob")
    works_off(app, boss)
    assert boss.sees("Imported: 1 user created", "2 faulty rows", "Since the check")
    assert user(app, "bob").name == "Another Bob"


def test_a_discarded_file_leaves_nothing_behind(app: Flask, boss: Visitor) -> None:
    checks(app, boss, THREE).submits("Discard")
    assert boss.sees("The file is discarded", "Discarded")
    assert rows(app, "SELECT * FROM user_import_row") == rows(app, "SELECT * FROM user_import_part") == []
    assert usernames(app) == []


def test_two_who_decide_at_once_do_not_undo_each_other(app: Flask, boss: Visitor) -> None:
    checks(app, boss, THREE)
    here, discard = boss.path, f"{boss.path}/discard"
    boss.submits("Import all 3 rows")
    assert boss.posts(discard).status == 409
    assert boss.sees("can’t be done any more", "Being imported")
    assert boss.posts(f"{here}/apply", rows="all").status == 409
    assert works_off(app, boss.opens(here)).sees("Imported: 3 users created")


def test_without_faults_the_rows_go_at_once_and_with_faults_after_a_day(app: Flask, boss: Visitor, later: Later) -> None:
    imports(app, boss, THREE, "Import all 3 rows")
    assert rows(app, "SELECT * FROM user_import_row") == []
    imports(app, boss, lines("dora,,,,", "x,,,,"), "Import the 1 valid row")
    checks(app, boss, lines("undecided,,,,"))
    assert "0 imports" in does(app, "cleanup")
    later(86_500)
    assert "2 imports removed" in does(app, "cleanup")
    assert rows(app, "SELECT * FROM user_import_row") == rows(app, "SELECT * FROM user_import_part") == []
    assert [row.state for row in rows(app, "SELECT state FROM user_import ORDER BY id")] == ["done", "done", "discarded"]


def test_the_last_imports_are_listed(app: Flask, boss: Visitor) -> None:
    imports(app, boss, THREE, "Import all 3 rows")
    boss.opens(UPLOAD)
    assert boss.sees("Last imports", "users.csv", "Imported", "boss")
    boss.clicks("users.csv")
    assert boss.sees("Created 3")


@pytest.mark.parametrize("name", ["<b>users</b>.csv", "\u202egnp.csv", "a" * 300 + ".csv", "\0.csv"])
def test_a_file_may_be_called_anything(app: Flask, boss: Visitor, name: str) -> None:
    uploads(boss, THREE, name=name)
    assert boss.status == 200
    assert works_off(app, boss).sees("To be created 3")


def test_the_template_is_a_file_that_can_be_imported(app: Flask, boss: Visitor) -> None:
    answer = boss.sends("GET", "/admin/users/import/template.csv")
    assert checks(app, boss, answer.content).sees("To be created 1", "Faulty 0")


def test_writing_asks_for_the_proof_again_after_a_while(app: Flask, boss: Visitor, later: Later) -> None:
    checks(app, boss, THREE)
    later(700)
    boss.submits("Import all 3 rows")
    assert leads_to(boss, "/login/again")
    assert usernames(app) == []


@pytest.mark.parametrize("path", ["/999", "/9223372036854775808", "/999/faulty.csv"])
def test_an_import_that_is_not_there_is_not_found(boss: Visitor, path: str) -> None:
    assert boss.opens(UPLOAD + path).status == 404
