"""How do the portal and the reference app run, and how does the bench read the codes that they sent?"""

import dataclasses
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, NullPool, create_engine, select

from bench.bare_tables import Message as BareMessage
from bench.hashing import Hash
from bench.processes import PYTHON, free_port, listens, run, running, wait_until
from bench.services import Services
from config import Settings, variable
from portal.keys import derive_code, ring
from portal.models.message import Message, MessageState

SIZE = {"WEB_CONCURRENCY": "2", "PORTAL_THREADS": "4"}  # as shipped
SECRET = secrets.token_urlsafe(48)
UNREACHABLE = 1_000_000_000  # for limits: the bench measures what a sign-in costs, not when it is refused

Codes = Callable[[Sequence[str]], dict[str, str]]
"""Phone numbers (E.164) -> the code last sent to each; those still under way are missing."""


@dataclass(frozen=True)
class Site:
    """A running server: its port, all processes that serve it (by name), and its codes."""

    port: int
    roots: Mapping[str, int]
    codes: Codes


def portal_settings(services: Services, hashed: Hash) -> dict[str, str]:
    """Return the environment of a portal as shipped, but for its hash, with limits out of reach."""
    fixed = {"PORTAL_ENV": "development", "PORTAL_SECRET": SECRET, "PORTAL_GATEWAY": "inbox"}
    return {**fixed, **SIZE, **services.settings(), **hashed.settings(), **no_limits()}


def migrate(settings: Mapping[str, str]) -> None:
    """Create the portal's tables."""
    run([PYTHON, "-m", "flask", "--app", "wsgi", "db", "upgrade"], settings=settings)


@contextmanager
def portal(services: Services, settings: Mapping[str, str], *, application: str = "wsgi:app") -> Iterator[Site]:
    """Run the portal with its sender under its own gunicorn configuration, on a free port."""
    command = ["-c", "gunicorn.conf.py", application]
    with _gunicorn(services, settings, command) as (port, roots):
        yield Site(port, roots, _reader(services, _portal_codes))


@contextmanager
def bare(services: Services) -> Iterator[Site]:
    """Run the reference app with as many workers and threads, on a free port."""
    settings = {"PORTAL_SECRET": SECRET, **SIZE, **services.settings()}
    with _gunicorn(services, settings, ["-c", "python:bench.bare_server"]) as (port, roots):
        yield Site(port, roots, _reader(services, _bare_codes))


@contextmanager
def _gunicorn(services: Services, settings: Mapping[str, str], options: Sequence[str]) -> Iterator[tuple[int, dict[str, int]]]:
    port, log = free_port(), services.folder / "gunicorn.log"
    command = [PYTHON, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options]
    with running(command, settings={**settings, "PORT": str(port)}, log=log) as process:
        wait_until(lambda: listens(port), process=process, log=log)
        yield port, {"web": process.pid, **services.roots}


def no_limits() -> dict[str, str]:
    """Raise every limit as far as its setting allows."""
    limits = (field for field in dataclasses.fields(Settings) if field.name.startswith("portal_limit_"))
    return {variable(field): str(field.metadata["check"].max or UNREACHABLE) for field in limits}


def _reader(services: Services, read: Callable[[Engine, Sequence[str]], dict[str, str]]) -> Codes:
    engine = create_engine(services.database, poolclass=NullPool)  # no backend of ours while processors are watched
    return lambda phones: read(engine, phones)


def _portal_codes(engine: Engine, phones: Sequence[str]) -> dict[str, str]:
    """Derive the codes of the sent messages, as a phone would show them."""
    sent = select(Message.phone, Message.purpose, Message.sign_in_id, Message.nonce).where(
        Message.phone.in_(phones), Message.state == MessageState.SENT
    )
    key, length = ring(SECRET).current, Settings().portal_code_length
    with engine.connect() as connection:
        rows = connection.execute(sent.order_by(Message.id)).all()
    return {
        phone: derive_code(key, purpose=purpose, sign_in=sign_in, phone=phone, nonce=nonce, length=length)
        for phone, purpose, sign_in, nonce in rows
        if sign_in is not None and nonce is not None
    }


def _bare_codes(engine: Engine, phones: Sequence[str]) -> dict[str, str]:
    texts = select(BareMessage.phone, BareMessage.text).where(BareMessage.phone.in_(phones))
    with engine.connect() as connection:
        rows = connection.execute(texts.order_by(BareMessage.id)).all()
    return {phone: re.sub(r"\D", "", text) for phone, text in rows}
