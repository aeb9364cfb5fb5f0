"""Does every import point downward, and does each door have one keeper?"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from tests.servers import CHEAP, ROOT, migrated_sqlite

FLOORS = [
    {"web", "cli"}, {"imports", "health"}, {"oidc"}, {"signin"}, {"sources"}, {"applications"}, {"messages", "accounts"},
    {"audit"}, {"counters"}, {"models"}, {"strands", "windows"}, {"keyset", "leads", "times"}, {"boxes", "database"},
    {"extensions", "logs", "mail", "metrics"}, {"smtp"},
    {"keys", "clock", "calling_codes", "trace", "config", "addresses", "places", "sockets", "postgres"},
]
HEIGHT = {room: -floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LAZY = {"PIL", "alembic", "email_validator", "flask_migrate", "ldap", "prometheus_client", "psycopg", "pydantic", "redis",
        "requests", "segno", "vonage", "zxcvbn"}
PAGE = "portal.web."


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the portal by its dotted name."""
    paths = [ROOT / "config.py", *sorted((ROOT / "portal").rglob("*.py"))]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in names.items()}


def imported(tree: ast.Module) -> Iterator[str]:
    """Everything a module imports, inside functions too, as dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def targets(tree: ast.Module) -> set[str]:
    """The modules of ours that a module imports."""
    ours = {name if name in modules() else name.rpartition(".")[0] for name in imported(tree)}
    return ours & modules().keys()


def room(module: str) -> str:
    return module.split(".")[1] if module.startswith("portal.") else module


def uses(tree: ast.Module, name: str) -> bool:
    """Whether a dotted name such as time.time is imported or called in a module."""
    dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return name in dotted or name in set(imported(tree))


@pytest.mark.parametrize("name", [name for name in modules() if name != "portal"])
def test_imports_point_down(name: str) -> None:
    assert room(name) in HEIGHT, f"{name} stands on no floor"
    others = {to for to in targets(modules()[name]) - {"portal"} if room(to) != room(name)}
    assert not {to for to in others if HEIGHT[room(to)] >= HEIGHT[room(name)]}


def test_imports_make_no_circle() -> None:
    open_ends = {name: targets(tree) - {name, "portal"} for name, tree in modules().items()}
    while ends := [name for name, to in open_ends.items() if not to]:
        open_ends = {name: to - set(ends) for name, to in open_ends.items() if name not in ends}
    assert not open_ends


def test_pages_do_not_import_pages() -> None:
    pages = {name for name, tree in modules().items() if name.startswith(PAGE) and uses(tree, "flask.Blueprint")}
    assert pages
    assert not {(name, to) for name in pages for to in targets(modules()[name]) & pages}


@pytest.mark.parametrize("word", ["request", "render_template", "redirect", "flash"])
def test_only_pages_know_http(word: str) -> None:
    assert [name for name, tree in modules().items() if room(name) not in ("web", "portal") and uses(tree, f"flask.{word}")] == []


@pytest.mark.parametrize("word", ["flask.session", "flask_login.login_user", "flask_login.logout_user"])
def test_only_the_sign_in_touches_the_session(word: str) -> None:
    keepers = [name for name, tree in modules().items() if uses(tree, word)]
    assert keepers
    assert all(name == "portal.signin.flow" or name.startswith("portal.signin.session") for name in keepers)


@pytest.mark.parametrize(("words", "keeper"), [
    (("os.environ", "os.getenv", "environs.Env"), "config"),
    (("time.time", "datetime.now", "datetime.utcnow", "datetime.datetime.now"), "portal.clock"),
])
def test_environment_and_clock_have_one_keeper_each(words: tuple[str, ...], keeper: str) -> None:
    assert {name for name, tree in modules().items() if any(uses(tree, word) for word in words)} == {keeper}


def test_only_one_phone_number_package_is_installed() -> None:
    installed = {(each.metadata["Name"] or "").lower() for each in metadata.distributions()}
    assert "phonenumberslite" in installed
    assert "phonenumbers" not in installed


def test_a_web_process_loads_nothing_it_seldom_needs(tmp_path: Path) -> None:
    walk = ("import sys; from portal import create_app; client = create_app().test_client();"
            "assert client.get('/login').status_code == 200; print(*sys.modules)")
    environment = CHEAP | {"DATABASE_URL": f"sqlite:///{migrated_sqlite()}", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", walk], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(LAZY & set(done.stdout.split())) == []
