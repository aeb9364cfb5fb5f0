"""Can applications be looked after from a terminal?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.people import command, does, events, rows, told


@pytest.mark.usefixtures("both_databases")
def test_an_application_is_created_listed_shown_and_deleted(app: Flask) -> None:
    about = ("--home-address", "https://travel.example/", "--colour", "#14613A")
    made = told(app, "application", "create", "--name", "Travel", *about)
    assert (made["name"], made["home_address"], made["colour"]) == ("Travel", "https://travel.example/", "#14613a")
    assert (made["has_logo"], made["customises"]) == (False, False)
    does(app, "application", "create", "--name", "Archive")
    assert [each["name"] for each in told(app, "application", "list")] == ["Archive", "Travel"]
    assert [each["name"] for each in told(app, "application", "list", "--search", "TRA")] == ["Travel"]
    assert told(app, "application", "show", "TRAVEL") == told(app, "application", "show", made["client_id"]) == made
    does(app, "mfa", "--application", "Travel", "off")
    assert "Deleted Travel." in does(app, "application", "delete", made["client_id"], "--yes")
    assert [each["name"] for each in told(app, "application", "list")] == ["Archive"]
    assert rows(app, "SELECT * FROM switch WHERE scope <> 'portal'") == []
    assert [event for event, _ in events(app, actor="command")][-1] == "application deleted"


def test_words_say_the_client_id(app: Flask) -> None:
    assert "No applications yet." in does(app, "application", "list")
    said = does(app, "application", "create", "--name", "Travel")
    [row] = rows(app, "SELECT client_id FROM application")
    assert row.client_id in said
    assert row.client_id in does(app, "application", "list")
    assert row.client_id in does(app, "application", "show", "Travel")
    assert "No application matches." in does(app, "application", "list", "--search", "x")


def test_all_faults_are_said_at_once(app: Flask) -> None:
    refused = command(app, "application", "create", "--name", "", "--home-address", "nowhere", "--colour", "yellow")
    assert refused.exit_code == 1
    for words in ("a name has 1 to 80 characters", "a home address is a whole one", "a colour is written as #2450b8"):
        assert words in refused.output
    assert "too light" in command(app, "application", "create", "--name", "Travel", "--colour", "#ffff00").output
    assert rows(app, "SELECT id FROM application") == []


def test_a_name_is_taken_in_every_spelling(app: Flask) -> None:
    does(app, "application", "create", "--name", "Straße")
    refused = command(app, "application", "create", "--name", "STRASSE")
    assert refused.exit_code == 1
    assert "another application has that name already" in refused.output


def test_nothing_is_deleted_without_a_yes_nor_what_is_not_there(app: Flask) -> None:
    does(app, "application", "create", "--name", "Travel")
    refused = command(app, "application", "delete", "Travel")
    assert refused.exit_code == 1
    assert "--yes" in refused.output
    for words in (("delete", "Unknown", "--yes"), ("show", "Unknown"), ("show", "\0")):
        missing = command(app, "application", *words)
        assert missing.exit_code == 1
        assert "There is no application" in missing.output
    assert len(rows(app, "SELECT id FROM application")) == 1


def test_a_client_id_goes_before_a_name_that_looks_like_one(app: Flask) -> None:
    first = told(app, "application", "create", "--name", "Travel")
    does(app, "application", "create", "--name", first["client_id"])
    assert told(app, "application", "show", first["client_id"])["name"] == "Travel"


@pytest.mark.settings(PORTAL_ENV="development")
@pytest.mark.parametrize(("address", "taken"), [
    ("http://localhost:8000/", True), ("http://127.0.0.1/x", True), ("http://[::1]:5000", True),
    ("http://localhost.evil.example/", False), ("http://intranet/", False), ("ftp://localhost/", False),
])
def test_http_is_for_this_very_machine_in_development(app: Flask, address: str, taken: bool) -> None:
    done = command(app, "application", "create", "--name", "Travel", "--home-address", address)
    assert (done.exit_code == 0) is taken, done.output
