"""Is every word of the documents true that a program can check: commands, links, names, pictures, and the first five minutes?"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command, Group
from flask import Flask

import config
from tests.servers import ROOT, Portal
from tests.test_make_run import Checkout
from tests.transports import OverNetwork
from tests.visitor import Visitor

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LARGEST_PICTURE = 150_000
COMMAND = re.compile(r"(?:^|.*\| |.*wsgi |flask )(?:scripts/)?portal ([a-z][^#…]*)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=names)


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(path), re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path)):
        if target.startswith(("https://", "http://127.0.0.1:5000/")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@each_document
def test_files_that_are_named_exist(path: Path) -> None:
    named = re.findall(r"`((?:portal|docs|deploy|scripts|tests|templates|static|migrations)/[\w./\-]+)`", text_of(path))
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_document
def test_settings_that_are_named_exist(path: Path) -> None:
    known = {config.variable(field) for field in dataclasses.fields(config.Settings)}
    named = set(re.findall(r"\b(?:PORTAL|VONAGE)_[A-Z_]*[A-Z]\b", text_of(path)))
    assert named - known == set()


@each_document
def test_make_targets_that_are_named_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text_of(path))) <= targets


def commands(path: Path) -> Iterator[list[str]]:
    """Every `portal …` in a document's code, as words; people and numbers as they stand there."""
    prose = re.sub(r"^```.*?^```", "", text_of(path), flags=re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`]+)`", prose) + "".join(blocks(path, "sh")).splitlines()
    yield from (shlex.split(found[1]) for span in spans if (found := COMMAND.match(span)))


@each_document
def test_commands_that_are_named_exist_with_their_options(app: Flask, path: Path) -> None:
    for words in commands(path):
        command: Command = app.cli.commands["portal"]
        while isinstance(command, Group) and not words[0].startswith("--"):
            assert words[0] in command.commands, words
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert [word for word in words if word.startswith("--") and word not in options] == [], command.name


def test_commands_are_found() -> None:
    assert ["user", "bypass", "ada", "--minutes", "10"] in list(commands(ROOT / "docs" / "operations.md"))
    assert len(list(commands(ROOT / "README.md"))) > 12


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "images").iterdir()), ids=names)
def test_pictures_are_small_and_used(path: Path) -> None:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:])[0] <= 1_200
    assert path.stat().st_size < LARGEST_PICTURE
    assert any(names(path).removeprefix("docs/") in text_of(document) for document in DOCUMENTS)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("clone") / "portal")
    made.start()
    yield made
    made.end()


def shell(checkout: Portal, line: str) -> subprocess.CompletedProcess[str]:
    """A line of the README as a newcomer types it."""
    environment = {"PATH": os.environ["PATH"], "PORT": str(checkout.port), "LANG": "C.UTF-8"}
    return subprocess.run(["bash", "-c", line], cwd=checkout.folder(), env=environment,
                          text=True, capture_output=True, check=False)


def lines(containing: str) -> list[str]:
    """The lines of the README's shell blocks with those words."""
    return [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines() if containing in line]


def test_five_minutes_lead_to_a_first_sign_in(checkout: Checkout) -> None:
    readme, said = text_of(ROOT / "README.md"), checkout.said()
    printed = re.search(r"^Portal\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    assert printed
    for line in printed[1].splitlines():
        assert line.replace(":5000", f":{checkout.port}").partition("…")[0] in said
    link = re.search(r"(/first-administrator/\S+)", said)
    assert link
    administrator = Visitor(OverNetwork(checkout.url)).opens(link[1])
    filled = {"username": "ada", "password": "violet harbour lantern seven", "country": "DE", "phone": "0151 12345678"}
    administrator.fills("", "", **filled).submits("Create administrator")
    administrator.logs_in("ada", filled["password"])
    assert administrator.page.heading == "Verification code login"
    administrator.fills(code=administrator.reads_code("+4915112345678")).submits("Verify and log in").sees("Welcome, ada")
    administrator.sees("Security settings", "Multi-factor authentication")
    assert administrator.opens("/settings/mfa").page.heading == "Multi-factor authentication"

    created = shell(checkout, lines("user create")[0])
    assert created.returncode == 0, created.stderr
    user = Visitor(OverNetwork(checkout.url)).logs_in("li.na", "violet harbour lantern")
    assert user.page.heading == "Bind mobile phone number"
    user.fills("", "", country="DE", phone="0151 87654321").submits("Send verification code")
    user.enters_code("+4915187654321").sees("Welcome, li.na")


def test_every_other_command_of_the_readme_works(checkout: Checkout) -> None:
    shell(checkout, lines("user create")[0])
    for line in lines("scripts/portal"):
        if "user create" not in line:
            done = shell(checkout, line)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
    for line in ("scripts/portal --help", "scripts/portal user --help"):
        assert shell(checkout, line).returncode == 0


def test_shell_blocks_can_be_read_by_a_shell() -> None:
    for path in DOCUMENTS:
        for found in blocks(path, "sh"):
            block = found.replace("<this repository>", "here")
            done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
            assert done.returncode == 0, f"{names(path)}: {done.stderr}\n{block}"
