"""Where do the apps under test keep their data: a SQLite file, or a PostgreSQL and a Redis of their own?"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bench.processes import NotStarted, environment, free_port, listens, running, wait_until

POSTGRESQL_VERSIONS = Path("/usr/lib/postgresql")
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
# Nothing of the bench must outlive a power cut, and waiting for a disk is not processor time.
WITHOUT_DISK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Store(Enum):
    """The two kinds of installation that the budgets name."""

    SQLITE = "SQLite"
    POSTGRESQL = "PostgreSQL + Redis"


@dataclass(frozen=True)
class Services:
    """A folder for files, the addresses of the data, and the processes that serve it, by name."""

    folder: Path
    database: str
    redis: str | None
    roots: Mapping[str, int]

    def settings(self) -> dict[str, str]:
        """Return the settings that point an app here."""
        found = {"DATABASE_URL": self.database}
        return {**found, "REDIS_URL": self.redis} if self.redis else found


@contextmanager
def services(store: Store) -> Iterator[Services]:
    """Offer fresh, empty storage; PostgreSQL and Redis on free ports, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if store is Store.SQLITE:
            yield Services(folder, f"sqlite:///{folder}/portal.db", None, {})
            return
        with _postgresql(folder) as (database, server), _redis(folder) as (redis, counters):
            yield Services(folder, database, redis, {"postgresql": server, "redis": counters})


@contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[str, int]]:
    folder.chmod(0o711)
    data, log, port = folder / "data", folder / "postgresql.log", free_port()
    data.mkdir()
    _give_away(data)
    _programme("initdb", "-D", str(data), "-A", "trust", "-U", "portal", "-E", "UTF8", "--no-sync")
    options = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", *WITHOUT_DISK)
    command = _unprivileged("postgres", "-D", str(data), *(part for option in options for part in ("-c", option)))
    with running(command, settings={}, log=log, end=signal.SIGINT) as process:
        wait_until(lambda: _accepts(port), process=process, log=log)
        _programme("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "portal", "portal")
        yield f"postgresql+psycopg://portal@127.0.0.1:{port}/portal", process.pid


@contextmanager
def _redis(folder: Path) -> Iterator[tuple[str, int]]:
    log, port = folder / "redis.log", free_port()
    options = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder))
    with running(["redis-server", "--port", str(port), *options], settings={}, log=log) as process:
        wait_until(lambda: listens(port), process=process, log=log)
        yield f"redis://127.0.0.1:{port}/0", process.pid


def _accepts(port: int) -> bool:
    asked = [_postgresql_file("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "portal"]
    return subprocess.run(asked, check=False).returncode == 0


def _programme(name: str, *arguments: str) -> None:
    done = subprocess.run(
        _unprivileged(name, *arguments),
        env=environment({"LC_ALL": "C.UTF-8"}),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotStarted(f"{name}: {done.stderr[-2000:]}")


def _unprivileged(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a PostgreSQL program, as somebody else where we are root."""
    command = [_postgresql_file(name), *arguments]
    if os.geteuid() != 0:
        return command
    account = pwd.getpwnam(UNPRIVILEGED)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *command]


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)


def _postgresql_file(name: str) -> str:
    """Return the newest installed version of a PostgreSQL program; Debian keeps them out of the PATH."""
    versions = sorted(POSTGRESQL_VERSIONS.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise NotStarted(f"{name} of PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return found
