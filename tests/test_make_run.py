"""Does the one command of a newcomer set everything up, say where it is, keep what was done, and end whole?"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.processes import until
from tests.servers import ROOT, Portal
from tests.transports import OverNetwork
from tests.visitor import Visitor

LEFT_BEHIND = shutil.ignore_patterns(".venv", ".git", "instance", "bench", "*cache*", "tests")


class Checkout(Portal):
    """A copy of the project as a newcomer has it, served by what `make run` calls."""

    def __init__(self, folder: Path) -> None:
        super().__init__(DATABASE_URL="")
        shutil.copytree(ROOT, folder, ignore=LEFT_BEHIND)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.place = folder

    def command(self) -> list[str]:
        return [str(self.place / "scripts" / "run")]

    def folder(self) -> Path:
        return self.place

    def surroundings(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.directory), "PORT": str(self.port), "LANG": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1"}

    def interrupt(self) -> None:
        """Ctrl-C, which a terminal sends to all that run in it. A worker that is still being born would miss it.

        Nothing is on its way to a gateway, so nothing waits for the longest that one may take, which is 10 s.
        """
        assert self.process is not None
        until(lambda: answers(self.port, "/readyz"), what="the sender to be at work")
        started = self.children()
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(9) == 0
        self.process = None
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), what="everything to end")


def answers(port: int, path: str) -> bool:
    """Whether the portal on that port answers 200 there."""
    visitor = OverNetwork(f"http://127.0.0.1:{port}")
    return visitor.send("GET", path, headers=[], content=b"", address="").status == HTTPStatus.OK


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "a folder with blanks")
    yield made
    made.end()


def test_make_run_serves_says_where_and_keeps_everything(checkout: Checkout) -> None:
    checkout.start()
    said = checkout.said()
    assert f"http://127.0.0.1:{checkout.port}/login" in said
    assert f":{checkout.port}/inbox" in said
    link = re.search(r"http://\S+?(/first-administrator/\S+)", said)
    assert link, said
    visitor = Visitor(OverNetwork(checkout.url))
    assert visitor.opens(link[1]).status == 200
    assert visitor.opens("/login").status == 200
    assert checkout.sender_pids()
    secret = checkout.place / "instance" / "secret"
    first = secret.read_text()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) & 0o077 for each in secret.parent.iterdir()} == {0}

    checkout.interrupt()
    begun = time.monotonic()
    checkout.start()
    assert time.monotonic() - begun < 20
    assert secret.read_text() == first
    checkout.interrupt()


def test_a_taken_port_is_named_before_anything_is_done(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", checkout.port))
        other.listen()
        done = subprocess.run(checkout.command(), env=checkout.surroundings(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {checkout.port} on 127.0.0.1 cannot be used" in done.stderr
    assert "make run PORT=" in done.stderr
    assert not list((checkout.place / "instance").glob("*.db"))
