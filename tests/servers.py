"""Which servers does a test stand on? Real PostgreSQL, Redis and gunicorn on free loopback ports, ended with the tests."""

from __future__ import annotations

import atexit
import http.client
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.processes import Server, program, tied, until

ROOT = Path(__file__).resolve().parent.parent
RELAXED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1",
           "unix_socket_directories=", "max_connections=200", "shared_buffers=32MB", "max_wal_size=64MB",
           "dynamic_shared_memory_type=mmap")
"""Shared memory lies beside the data: a server that is killed leaves nothing in /dev/shm that nobody takes away."""


def postgres_folder() -> str:
    """The folder with the programs of the newest PostgreSQL server here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return str(Path(program("initdb", *map(str, reversed(found)))).resolve().parent)


def server_user() -> str | None:
    """Who runs servers that refuse root; None: whoever we are."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Redis(Server):
    """A Redis server that keeps nothing."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return [program("redis-server"), *options, "--dir", str(self.directory)]

    def freeze(self) -> None:
        """The server stops answering but keeps its connections."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)


class Postgres(Server):
    """A PostgreSQL server that does without durability. `database` gives the address of a migrated, empty database."""

    def __init__(self) -> None:
        super().__init__()
        self.names = count(1)
        self.user = server_user()
        self.programs = postgres_folder()
        if self.user:
            shutil.chown(self.directory, self.user)
        initdb = [f"{self.programs}/initdb", "-D", f"{self.directory}/data", "-A", "trust", "-U", "portal", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(tied(*initdb, user=self.user), check=True, capture_output=True, cwd=self.directory)

    def command(self) -> list[str]:
        options = [part for option in RELAXED for part in ("-c", option)]
        return [f"{self.programs}/postgres", "-D", f"{self.directory}/data", "-p", str(self.port), *options]

    def ready(self) -> bool:
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        super().stop(number)

    def address(self, name: str) -> str:
        return f"postgresql://portal@127.0.0.1:{self.port}/{name}"

    def empty(self, *, name: str = "", template: str = "template1") -> str:
        """The address of a new database, with no table unless the template has some."""
        name = name or f"test_{next(self.names)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            # Where durability is none, files are copied in half the time that the log takes for them.
            strategy = "strategy file_copy" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"create database {name} template {template} {strategy}".encode())
        return self.address(name)

    def drops(self, address: str) -> None:
        """Do away with a database, whoever is still connected: a thousand of them are ten gigabytes."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"drop database {urlsplit(address).path[1:]} with (force)".encode())


CHEAP = {
    "PORTAL_ENV": "development", "PORTAL_SECRET": "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PORTAL_HASH_MEMORY_KIB": "8192", "PORTAL_HASH_PASSES": "1", "PORTAL_GATEWAY": "inbox", "HOST": "127.0.0.1",
}
"""Settings of every portal under test: a password hash that costs little, and text messages that go nowhere."""


def flask(*arguments: str, environment: dict[str, str], given: str = "") -> subprocess.CompletedProcess[str]:
    """Run `flask …` with that environment alone and `given` on its standard input."""
    around = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, env=around | environment, input=given, cwd=ROOT, text=True, capture_output=True,
                          timeout=60, check=False)


def migrate(database_url: str) -> None:
    """Bring a database to the newest schema."""
    done = flask("db", "upgrade", environment=CHEAP | {"DATABASE_URL": database_url})
    assert done.returncode == 0, done.stderr


@cache
def migrated_sqlite() -> Path:
    """A migrated SQLite file without rows, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="portal-test-")) / "template.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    migrate(f"sqlite:///{path}")
    return path


class Portal(Server):
    """The portal behind gunicorn, with its sender, as a deployer runs it. Keywords are environment variables."""

    def __init__(self, **environment: str) -> None:
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"
        here = {"PORT": str(self.port), "PORTAL_URL": self.url, "WEB_CONCURRENCY": "2", "HOME": str(self.directory),
                "DATABASE_URL": f"sqlite:///{self.directory}/portal.db", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self.environment = CHEAP | here | environment
        if "DATABASE_URL" not in environment:
            shutil.copy(migrated_sqlite(), self.directory / "portal.db")

    def command(self) -> list[str]:
        return [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]

    def surroundings(self) -> dict[str, str] | None:
        return self.environment

    def folder(self) -> Path:
        return ROOT

    def ready(self) -> bool:
        """True once it answers over HTTP; False as well when it has ended, and then `said` tells why."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": urlsplit(self.environment["PORTAL_URL"]).netloc})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def children(self) -> list[int]:
        """The processes that gunicorn's master has started and that still run."""
        assert self.process is not None
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for listed in lists for pid in listed.read_text().split()]

    def sender_pids(self) -> list[int]:
        return [pid for pid in self.children() if b"sender" in _command_line(pid)]

    def worker_pids(self) -> list[int]:
        return [pid for pid in self.children() if b"gunicorn" in _command_line(pid)]

    def kill_worker(self) -> None:
        """Kill one web worker as a crash would."""
        os.kill(self.worker_pids()[0], signal.SIGKILL)

    def cli(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run `flask portal …` against this portal's database."""
        return flask("portal", *arguments, environment=self.environment, given=given)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, and see that everything it started has ended with it."""
        started = self.children() if self.process else []
        super().stop(number)
        until(lambda: not any(_command_line(pid) for pid in started), what="the processes of a stopped portal to end")


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
