"""Can the tests themselves fail? Each page rule notices its fault, and nothing is skipped unnoticed in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.page_rules import POLICY, faults
from tests.pages import Page
from tests.servers import ROOT

NOTHING_RUN = 5
HEADERS = {
    "content-security-policy": "; ".join(POLICY), "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin", "cache-control": "no-store",
}
PAGE = """<!doctype html>
<html lang="en"><head><title>Log in</title><link rel="stylesheet" href="/static/a.css">
<script type="module" src="/static/a.js"></script></head><body><main><h1>Log in</h1>
<form method="post" action="/login" id="door"><input type="hidden" name="csrf_token" value="seed">
<label for="who">Who</label><input id="who" name="who" value="li.na" aria-describedby="hint"><p id="hint">Your name</p>
<label>Keep <input type="checkbox" name="keep"></label>
<select name="country" aria-label="Country"><option value="DE">Germany +49</option>
<option value="AT" selected>Austria</option></select>
<button name="go" value="1">Log in</button></form>
<a href="/elsewhere">Elsewhere</a></main></body></html>"""


@pytest.mark.parametrize(("sound", "broken"), [
    ("<!doctype html>", ""),
    (' lang="en"', ""),
    ("<title>Log in</title>", ""),
    ("<title>Log in</title>", "<title></title>"),
    ("<h1>Log in</h1>", ""),
    ("<h1>Log in</h1>", "<h1>Log in</h1><h1>Again</h1>"),
    ("<main>", "<main></main><main>"),
    ('<p id="hint">', '<p id="who">'),
    ('id="hint"', ""),
    ('<label for="who">', '<label for="nobody">'),
    ("<label>Keep ", "<p>Keep "),
    (' aria-label="Country"', ""),
    ("<h1>", '<h1 style="color: red">'),
    ("<h1>", '<h1 onclick="run()">'),
    ("</head>", "<style>p{}</style></head>"),
    ("</head>", "<script>run()</script></head>"),
    ('src="/static/a.js"', 'src="https://cdn.example/a.js"'),
    ('href="/static/a.css"', 'href="//cdn.example/a.css"'),
    ('href="/elsewhere"', 'href="javascript:run()"'),
    (">Elsewhere<", "><"),
    ("</main>", '<img src="/a.png"></main>'),
    ('name="csrf_token"', 'name="other"'),
    ('value="seed"', 'value=""'),
])
def test_each_fault_of_a_page_is_noticed(sound: str, broken: str) -> None:
    assert faults(PAGE, HEADERS) == []
    assert sound in PAGE
    assert faults(PAGE.replace(sound, broken), HEADERS)


@pytest.mark.parametrize("name", HEADERS)
def test_each_missing_header_is_noticed(name: str) -> None:
    assert faults(PAGE, HEADERS | {name: ""})


@pytest.mark.parametrize("part", POLICY)
def test_each_missing_part_of_the_policy_is_noticed(part: str) -> None:
    policy = HEADERS["content-security-policy"]
    assert faults(PAGE, HEADERS | {"content-security-policy": policy.replace(part, "")})
    assert faults(PAGE, HEADERS | {"content-security-policy": f"{policy} 'unsafe-inline'"})


def test_a_form_is_read_as_a_browser_sends_it() -> None:
    form = Page(PAGE).forms[0]
    assert form.values() == [("csrf_token", "seed"), ("who", "li.na"), ("country", "AT")]
    assert all(form.find(name) for name in ("who", "Who", "Keep", "Country"))
    assert form.find("Nobody") is None


def test_a_page_is_read_in_words() -> None:
    assert Page(PAGE).text == "Log in Who Your name Keep Germany +49 Austria Log in Elsewhere"
    assert Page(PAGE.replace("<h1>", "<h1 hidden>")).text.startswith("Who")


@pytest.mark.parametrize(("variable", "fails"), [({}, False), ({"CI": "true"}, True)])
@pytest.mark.parametrize("skipping", ["def test(): pytest.skip('why')", "pytest.importorskip('nothing_of_that_name')"])
def test_a_skip_is_a_failure_in_ci(tmp_path: Path, skipping: str, variable: dict[str, str], *, fails: bool) -> None:
    (tmp_path / "test_it.py").write_text(f"import pytest\n{skipping}\n")
    options = ["-q", "-c", os.devnull, "--rootdir", str(tmp_path), "-p", "tests.conftest"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | variable
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode not in (0, NOTHING_RUN)) is fails, done.stdout
