"""Which files of users can be read, and what is said of those that cannot?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import importing
from tests.importing import UPLOAD, checks, imports, lines, uploads, user, usernames, works_off
from tests.people import PHONE, events, rows
from tests.visitor import Visitor

boss = importing.boss
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_is_certain_is_found(app: Flask, boss: Visitor, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    for content in (lines("ada,,,Ärmel 王,"), mark + lines("bob,,,Ärmel 王,")):
        imports(app, boss, content.encode(encoding), "Import the 1 row")
    assert usernames(app) == ["ada", "bob"]
    assert user(app, "ada").name == "Ärmel 王"


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Käthe Müller"), ("gb18030", "王小明")])
def test_an_encoding_that_is_not_certain_is_asked_for_with_what_each_would_show(
        app: Flask, boss: Visitor, encoding: str, name: str) -> None:
    uploads(boss, lines(f"ada,,,{name},").encode(encoding))
    assert boss.sees("Needs an answer", "Which of these can you read?", name)
    assert boss.posts(f"{boss.path}/encoding", encoding="utf-7").status == 422
    assert boss.sees("Choose how the file is to be read.")
    boss.posts(boss.path, encoding=encoding)
    assert works_off(app, boss).sees("To be created 1")
    works_off(app, boss.submits("Import the 1 row"))
    assert user(app, "ada").name == name


def test_an_encoding_that_does_not_fit_is_refused(app: Flask, boss: Visitor) -> None:
    uploads(boss, lines("ada,,,Käthe,").encode("cp1252"), encoding="UTF-8")
    assert boss.status == 422
    assert boss.sees("can’t be read in that encoding")
    assert boss.form("File").find("encoding") is not None
    uploads(boss, lines("ada,,,Käthe,").encode("cp1252"), encoding="Western European (Windows-1252)")
    assert works_off(app, boss).sees("To be created 1", "Western European")


@pytest.mark.parametrize(("separator", "words"), [(";", "Semicolon"), ("\t", "Tab"), (",", "Comma")])
def test_the_separator_is_found_by_the_first_line(app: Flask, boss: Visitor, separator: str, words: str) -> None:
    content = "E-Mail|username|other\r\na@example.com|ada|\"x,y;\tz\"\r\n".replace("|", separator)
    page = checks(app, boss, content)
    assert page.sees("To be created 1", f"separated by: {words}", "Columns left out other")


def test_the_line_that_names_the_separator_is_passed_over(app: Flask, boss: Visitor) -> None:
    page = checks(app, boss, "sep=;\r\nusername;name\r\nada;Ada\r\nx;\r\n")
    assert page.sees("To be created 1", "1 faulty row")
    assert [node.words() for node in page.page.root.all("th") if node.get("role") == "rowheader"] == ["4"]


def test_columns_may_be_named_in_any_order_case_and_in_chinese(app: Flask, boss: Visitor) -> None:
    imports(app, boss, "姓名, 手机号 ,USER NAME\n王小明,+86 138 0013 8000,xiaoming\n", "Import the 1 row")
    assert (user(app, "xiaoming").name, user(app, "xiaoming").phone) == ("王小明", "+8613800138000")


def test_quotes_may_hold_separators_quotes_and_lines(app: Flask, boss: Visitor) -> None:
    content = 'username,note,name\nada,"several\n\nlines, with ""quotes""","Lovelace, Ada"\nx,,\nbob,,\n'
    page = checks(app, boss, content)
    assert page.sees("To be created 2", "1 faulty row")
    assert [node.words() for node in page.page.root.all("th") if node.get("role") == "rowheader"] == ["5"]
    works_off(app, boss.submits("Import the 2 valid rows"))
    assert user(app, "ada").name == "Lovelace, Ada"


def test_empty_lines_are_no_rows(app: Flask, boss: Visitor) -> None:
    page = checks(app, boss, "\n\nusername,name\n\n ,  \nada,\n,\n\n")
    assert page.sees("Rows 1", "To be created 1")


@pytest.mark.parametrize(("row", "words"), [
    ("a\0da,,,,", "can’t be seen"), ("ada,,,,,more", "more cells than the first line"), ("ada,,,,never", "is yes or no"),
    ("a@b,,,,", "no @"), ("12345,,,,", "at least one letter"), (",ada,,,", "not an email address"),
    (f",{'x' * 260}@example.com,,,", "not an email address"), (",,+49 12,,", "whole phone number"),
    (",,4.91512E+12,,", "whole phone number"), (f"ada,,,{'n' * 201},", "at most 200 characters"), (f"{'u' * 65},,,,", "2 to 64"),
])
def test_what_cannot_be_kept_is_a_fault_of_its_row(app: Flask, boss: Visitor, row: str, words: str) -> None:
    assert checks(app, boss, lines(row, "bob,,,,")).sees("1 faulty row", words, "To be created 1")


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'=1+1", "\u202eevil", "n" * 200, "\U0001f469\u200d\U0001f680"])
def test_a_strange_name_is_kept_as_it_is(app: Flask, boss: Visitor, name: str) -> None:
    imports(app, boss, lines(f"ada,,,{name},"), "Import the 1 row")
    assert user(app, "ada").name == name.removeprefix("'")
    assert boss.opens("/admin/users").status == 200


@pytest.mark.parametrize(("content", "words"), [
    (b"", "There is nothing in that file."),
    (b"\xef\xbb\xbf", "There is nothing in that file."),
    (b"\n \n", "There is nothing in that file."),
    (b"username,name\n", "no row below the first line"),
    (b"ada,Ada\nbob,Bob\n", "The first line must name the columns"),
    (b"name,suspended\nAda,no\n", "The first line must name the columns"),
    (b"username,name,User Name\nada,,\n", "Two columns are named username"),
    (b'username,name\nada,\n"bob,\ncarla,\n', "in line 3 don’t close"),
    (b'username,name\nada,"A" B\n', "in line 2 don’t close"),
    (b"PK\x03\x04\x14\x00\x06\x00\xff\xfe", "That file is no text"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "That file is no text"),
    (b"username," + b"x" * 140_000 + b"\nada,\n", "don’t close"),
])
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(app: Flask, boss: Visitor, content: bytes, words: str) -> None:
    uploads(boss, content)
    assert boss.status == 422
    assert boss.sees(words)
    assert rows(app, "SELECT * FROM user_import") == []


def test_no_file_at_all_is_refused(boss: Visitor) -> None:
    assert boss.opens(UPLOAD).fills(separator="Tab").submits("Check file").status == 422
    assert boss.sees("Choose a file.")
    assert dict(boss.form("File").values())["separator"] == "\t"


def test_too_many_rows_are_refused(boss: Visitor) -> None:
    uploads(boss, "username\n" + "ada\n" * 200_001)
    assert boss.status == 422
    assert boss.sees("more than 200,000 rows")


@pytest.mark.parametrize("size", [20 * MEGABYTE + 1, 25 * MEGABYTE])
def test_a_file_that_is_too_large_is_refused_beside_its_field(app: Flask, boss: Visitor, size: int) -> None:
    uploads(boss, b"username\n" + b"ada\n" * (size // 4 + 1))
    assert boss.status in (413, 422)
    assert boss.sees("larger than 20 MB")
    assert rows(app, "SELECT * FROM user_import") == []


def test_nobody_else_can_send_a_long_form(app: Flask, boss: Visitor, another_visitor: object) -> None:
    stranger = another_visitor(address="192.0.2.9").opens("/login")  # type: ignore[operator]
    assert stranger.posts(UPLOAD, file="x" * 100_000).path == "/login"


def test_a_form_without_its_token_is_not_taken_and_the_page_opens_again(app: Flask, boss: Visitor) -> None:
    boss.opens(UPLOAD)
    assert boss.posts(UPLOAD, csrf_token="forged", separator=";").status == 400
    assert boss.sees("CSV file")
    assert dict(boss.form("File").values())["separator"] == ";"
    assert rows(app, "SELECT * FROM user_import") == []


def test_without_a_home_country_only_numbers_with_a_plus_are_understood(app: Flask, boss: Visitor) -> None:
    page = checks(app, boss, lines(f"ada,,'{PHONE},,", "bob,,0049 151 12345679,,", "carla,,+49（151）12345670,,"))
    assert page.sees("Faulty 1", "To be created 2")
    assert ("users imported", "ok") not in events(app)
