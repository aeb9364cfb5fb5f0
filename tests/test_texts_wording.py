"""May an administrator write the words of the text message anew, and does the phone then read them?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, add_application, comes_in, command, events, leads_to, rows
from tests.visitor import Visitor

WORDING = "/admin/settings/texts/wording"
SAVE, PREVIEW = "Save English", "Preview English"
OWN = "Hello! {code} opens {application} for {minutes}."


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator before the words, and somebody else who has an account."""
    make_user(username="boss", phone=PHONE, administrator=True)
    make_user(username="li.na", phone=OTHER_PHONE)
    return comes_in(visitor, "boss", PHONE).opens(WORDING)


@pytest.fixture
def crm(app: Flask) -> str:
    """The address of the words of an application."""
    add_application(app, "CRM")
    return f"{WORDING}/{rows(app, 'SELECT id FROM application')[0].id}"


def saves(visitor: Visitor, words: str, language: str = "en", button: str = SAVE) -> Visitor:
    return visitor.fills(f"{language}-body", words).submits(button)


def reads(visitor: Visitor, at: str = "/login", phone: str = OTHER_PHONE) -> str:
    """The words that somebody reads who logs in there, without the last line; with its code they are at home."""
    visitor.opens(at).fills(identifier="li.na", password=PASSWORD).submits()
    words, _, last = visitor.reads_text_message(phone).rpartition("\n")
    code = last.rpartition("#")[2]
    assert last == f"@localhost #{code}"
    visitor.fills(code=code).submits()
    assert visitor.status == 200
    assert leads_to(visitor, "/") or at != "/login"
    return words.replace(code, "{code}")


def field(visitor: Visitor, language: str = "en") -> str:
    return dict(visitor.form(f"{language}-body").values())[f"{language}-body"].strip()


def test_what_is_saved_stands_in_the_next_text(
    boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    assert field(boss) == "{code} is your {application} code. It works for {minutes}. Never share it with anyone."
    assert saves(boss, OWN).sees("Saved. The next text says it.", "Own words", "Changed by boss,")
    assert field(boss) == OWN
    assert reads(another_visitor()) == "Hello! {code} opens Portal for 5 minutes."


def test_each_language_has_words_of_its_own(boss: Visitor, another_visitor: MakeVisitor) -> None:
    saves(boss, "【门户】{code}，{minutes}内有效。", "zh", "Save 简体中文")
    assert reads(another_visitor()).startswith("{code} is your Portal code.")
    assert reads(another_visitor(language="zh-CN")) == "【门户】{code}，5 分钟内有效。"


def test_an_application_has_words_of_its_own(
    boss: Visitor, another_visitor: MakeVisitor, crm: str, both_databases: str,
) -> None:
    saves(boss, "The portal's words: {code} for {application}")
    boss.opens(crm)
    assert boss.sees("CRM", "Text message", "As the portal’s")
    assert field(boss) == "The portal's words: {code} for {application}"
    assert saves(boss, "{application} greets you: {code}").sees("Saved.")
    assert reads(another_visitor(), "/login?application=client-crm") == "CRM greets you: {code}"
    assert reads(another_visitor()) == "The portal's words: {code} for Portal"
    assert boss.submits("Put back to the portal’s words English").sees("Put back.", "As the portal’s")
    assert reads(another_visitor(), "/login?application=client-crm") == "The portal's words: {code} for CRM"


def test_words_are_put_back(boss: Visitor, another_visitor: MakeVisitor) -> None:
    saves(boss, OWN)
    assert boss.submits("Put back to the shipped words English").sees("Put back. The next text says it.", "Put back by boss,")
    assert boss.sees("As shipped")
    boss.does_not_see("Put back to the shipped words English")
    assert reads(another_visitor()).startswith("{code} is your Portal code.")


def test_every_change_is_on_record_with_the_words_before_and_after(app: Flask, boss: Visitor, crm: str) -> None:
    saves(boss, OWN)
    saves(boss.opens(crm), "CRM: {code}")
    told = rows(app, "SELECT detail, actor, application_id FROM audit_entry WHERE event = 'wording changed' ORDER BY id")
    assert [(row.actor, row.application_id) for row in told] == [("boss", None), ("boss", 1)]
    assert "Never share it" in str(told[0].detail)
    assert OWN in str(told[0].detail)
    entry = rows(app, "SELECT max(id) AS id FROM audit_entry WHERE event = 'wording changed'")[0].id
    assert boss.opens(f"/admin/audit/{entry}").sees("Words of the text message changed", "CRM: {code}", "Hello!", "Language")


@pytest.mark.parametrize(("words", "said"), [
    ("It works for {minutes}.", "Write {code} where the code shall stand."), ("", "Write {code} where the code shall stand."),
    ("{code} {code}", "Write {code} once only."), ("A{code}", "Set {code} apart"),
    ("{code} {host}", "“{host}” is no placeholder."),
    ("{code} at evil.com", "“evil.com” looks like an address."), ("{code} a\u200bb", "can’t be seen: U+200B"),
    ("{code} not 123456", "“123456” could be taken for the code."),
    ("{code} " + "long " * 99, "more than 3 segments"),
    ("{code} " + "<b>&" * 140, "more than 3 segments"),
])
def test_words_that_cannot_be_taken_are_refused_with_the_reason_and_kept_in_the_field(
    app: Flask, boss: Visitor, words: str, said: str,
) -> None:
    saves(boss, words)
    assert boss.status == 422
    assert boss.sees(said)
    assert field(boss) == words.strip()
    assert boss.page.titles[0].words().startswith("Error: ")
    assert ("wording changed", "ok") not in events(app)


def test_a_preview_changes_nothing_and_says_what_the_text_takes(app: Flask, boss: Visitor) -> None:
    saves(boss, "Grüße! {code} – {minutes}", button=PREVIEW)
    assert boss.status == 200
    assert boss.sees("Grüße! 482913 – 5 minutes @localhost #482913", "1 segment", "UCS-2: only 70 letters", "because of –")
    assert boss.sees("No prices are known yet")
    assert field(boss) == "Grüße! {code} – {minutes}"
    saves(boss, "{code} " + "long " * 40, button=PREVIEW)
    assert boss.sees("2 segments", "Each segment is paid for. The shipped words take 1.", "GSM-7: 160 letters")
    saves(boss, "{code} at evil.com", button=PREVIEW)
    assert boss.sees("Can be sent No “evil.com” looks like an address.")
    assert field(boss.opens(WORDING)).startswith("{code} is your")
    assert ("wording changed", "ok") not in events(app)


def test_the_shipped_words_are_neither_dear_nor_unfit(boss: Visitor) -> None:
    boss.does_not_see("Each segment is paid for.")
    assert boss.sees("Can be sent Yes", "1 segment", "UCS-2, as all Chinese")


def test_what_a_text_costs_is_told_from_receipts(app: Flask, boss: Visitor, both_databases: str) -> None:
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE message SET price = 7500, currency = 'EUR'"))
    assert boss.opens(WORDING).sees("About 0.0075 EUR for a text, judging by 1 receipt.")
    saves(boss, "{code} " + "long " * 40, button=PREVIEW)
    assert boss.sees("About 0.015 EUR for a text")


def test_of_two_who_change_the_words_at_once_the_later_is_told(
    boss: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="chief", phone="+4915112345670", administrator=True)
    chief = comes_in(another_visitor(), "chief", "+4915112345670").opens(WORDING)
    saves(chief, "The chief's: {code}")
    saves(boss, "The boss's: {code}")
    assert boss.status == 409
    assert boss.sees("chief changed these words at", "They are now: “The chief's: {code}”",
                     "Save again if yours should replace it.")
    assert field(boss) == "The boss's: {code}"
    assert boss.submits(SAVE).sees("Saved.")
    chief.submits("Put back to the shipped words English")
    assert chief.status == 409
    assert chief.sees("boss changed these words at")


def test_words_that_were_put_back_meanwhile_are_not_written_over(
    boss: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="chief", phone="+4915112345670", administrator=True)
    saves(boss, OWN)
    chief = comes_in(another_visitor(), "chief", "+4915112345670").opens(WORDING)
    boss.submits("Put back to the shipped words English")
    saves(chief, "The chief's: {code}")
    assert chief.status == 409
    assert chief.sees("They were put back.")


def test_saving_what_stands_there_changes_nothing(app: Flask, boss: Visitor) -> None:
    assert boss.submits(SAVE).sees("Nothing was changed.")
    assert ("wording changed", "ok") not in events(app)


def test_words_that_no_longer_fit_are_not_sent_and_the_page_says_so(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, crm: str,
) -> None:
    saves(boss.opens(crm), "{code} " + "long " * 84 + "{application}")
    assert reads(another_visitor(), "/login?application=client-crm").endswith("CRM")
    boss.opens(crm.replace("settings/texts/wording", "applications")).fills(name="A name that is longer")
    boss.submits("Save changes")
    assert boss.opens(crm).sees("Not in use", "These words don’t fit any more.", "more than 3 segments")
    assert reads(another_visitor(), "/login?application=client-crm").startswith("{code} is your A name that is longer code.")
    assert "wording: no longer fit, and not sent, for A name that is longer" in command(app, "doctor").output
    assert boss.opens("/admin/settings").sees("The words of the text message don’t fit any more for A name that is longer")
    boss.opens(crm).submits("Put back to the portal’s words English")
    assert "wording: texts say what was written" in command(app, "doctor").output


def test_an_application_s_words_go_with_it(app: Flask, boss: Visitor, crm: str) -> None:
    saves(boss.opens(crm), "CRM: {code}")
    boss.opens(crm.replace("settings/texts/wording", "applications") + "/delete").fills(name="CRM").submits("Delete application")
    assert rows(app, "SELECT * FROM wording") == []
    assert boss.opens(crm).status == 410


def test_the_words_of_an_application_are_reached_from_it(boss: Visitor, crm: str) -> None:
    boss.opens(crm.replace("settings/texts/wording", "applications")).clicks("Text message")
    assert leads_to(boss, crm)


@pytest.mark.parametrize("path", ["", "/restore", "/preview"])
def test_a_form_without_a_language_is_broken(boss: Visitor, path: str) -> None:
    assert boss.posts(WORDING + path, version="0").status == 400
    assert boss.opens(WORDING).posts(WORDING + path, language="de", **{"de-body": "{code}"}).status == 400


def test_what_was_typed_survives_a_form_that_could_not_be_taken(boss: Visitor) -> None:
    boss.posts(WORDING, csrf_token="stale", language="en", version="0", **{"en-body": "Mine: {code}"})
    assert boss.status == 400
    assert field(boss) == "Mine: {code}"
    assert boss.submits(SAVE).sees("Saved.")
