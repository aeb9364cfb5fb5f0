"""Which parts of this portal are well, and which are not?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec

from sqlalchemy import inspect, text

import config
from config import HERE
from portal import counters
from portal.accounts import users
from portal.counters import Ask
from portal.database import reading
from portal.extensions import db, settings
from portal.health import fitness, untried
from portal.health.conditions import Condition, Finding, Part
from portal.health.fitness import Hindrance
from portal.messages import alarms, queue, rewording, sender, standing
from portal.messages.alarms import telling
from portal.messages.receipts import accounts
from portal.models import GatewayKind, SourceKind
from portal.sources import register, secrets
from portal.sources.register import Source
from portal.sources.secrets import SecretUnreadable


def all_findings() -> list[Finding]:
    """Everything that can be checked from here, one finding a part."""
    return of(list(Part))


def of(parts: Sequence[Part]) -> list[Finding]:
    """The findings of some parts, in their order. A part that cannot be asked is a finding, too."""
    return [_safely(part) for part in parts]


def _safely(part: Part) -> Finding:
    try:
        condition, detail = _CHECKS[part]()
    except Exception as error:
        return Finding(part, Condition.UNREACHABLE, type(error).__name__)
    return Finding(part, condition, detail)


_SPEAKS_LDAP = find_spec("ldap") is not None
_Found = tuple[Condition, str]


def _settings() -> _Found:
    """The portal would not have started with unsafe ones; so say which would stop it in production."""
    faults = config.unsafe_in_production(settings())
    return (Condition.DEVELOPMENT, " ".join(faults)) if faults else (Condition.FIT, "")


def _database() -> _Found:
    with reading() as connection:
        connection.execute(text("SELECT 1"))
        kind = connection.dialect.name
    return Condition.SERVER if kind == "postgresql" else Condition.ONE_FILE, kind


def _schema() -> _Found:
    with reading() as connection:
        known = inspect(db.engine).has_table("alembic_version")
        present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    return Condition.UP_TO_DATE if present == _newest_schema() else Condition.OUT_OF_DATE, ""


@cache
def _newest_schema() -> str | None:
    """What these files bring: read once, for it takes longer than a page may."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(HERE / "migrations")).get_current_head()


def _counters() -> _Found:
    counters.take(Ask("doctor", 1, amount=0))
    return Condition.IN_REDIS if settings().redis_url else Condition.BESIDE, ""


def _queue() -> _Found:
    return Condition.WAITING, str(queue.size())


def _sender() -> _Found:
    return Condition.RUNNING if sender.alive() else Condition.SILENT, ""


def _gateway() -> _Found:
    """The gateways in use; nothing is sent to try them. One that cannot send is a fault even where another makes up for it."""
    stands = standing.fresh()
    gateways = stands.gateways
    for kind, those in fitness.unfit(gateways).items():
        return _UNFIT[kind], ", ".join(gateway.title for gateway in those)
    used = [gateway for gateway in gateways if gateway.enabled]
    if not fitness.can_text(used):
        return Condition.NO_GATEWAY, ""
    if stands.rules.countries == ():
        return Condition.NO_COUNTRY, ""
    if names := [gateway.title for gateway in used if gateway.name in untried.untried(used)]:
        return Condition.UNTRIED, ", ".join(names)
    only_inbox = all(gateway.kind is GatewayKind.INBOX for gateway in used)
    return Condition.INBOX if only_inbox else Condition.CHOSEN, ", ".join(gateway.name for gateway in used)


_UNFIT = {
    Hindrance.LOST: Condition.SECRET_LOST, Hindrance.MISSING: Condition.CREDENTIALS_MISSING,
    Hindrance.KEY: Condition.KEY_UNREADABLE, Hindrance.SETTINGS: Condition.MISDESCRIBED,
}


def _wording() -> _Found:
    """Whether texts say what administrators wrote: a name or host that has grown since may have made it too long."""
    names = rewording.passed_over()
    return (Condition.PASSED_OVER, ", ".join(names)) if names else (Condition.SAID, "")


def _administrator() -> _Found:
    with reading() as connection:
        return Condition.THERE if users.any_administrator(connection) else Condition.MISSING, ""


def _sources() -> _Found:
    """The outside sources in use: none of them is asked for anything."""
    used = [source for source in register.fresh() if source.enabled and source.is_outside]
    found = {
        Condition.SECRET_LOST: [source.title for source in used if _is_lost(source)],
        Condition.NOT_SECURE: [source.title for source in used if settings().production and not _is_secure(source)],
        Condition.LIBRARY_MISSING: [source.title for source in used if source.kind is SourceKind.LDAP and not _SPEAKS_LDAP],
    }
    return next(((condition, ", ".join(titles)) for condition, titles in found.items() if titles),
                (Condition.USABLE, str(len(used))))


def _is_lost(source: Source) -> bool:
    try:
        secrets.opened(source.id)
    except SecretUnreadable:
        return True
    return False


def _is_secure(source: Source) -> bool:
    """Whether it is asked over TLS: one that came from a development portal may not be."""
    return not any(str(source.settings.get(name, "")).startswith("http://") for name in ("issuer", "base"))


def _hooks() -> _Found:
    """Without a signature secret no webhook is believed, and nobody learns whether a message has arrived."""
    known = accounts.known(settings())
    if known and settings().vonage_unsigned_hooks == "on":
        return Condition.UNSIGNED, ""
    without = ", ".join(account.gateway for account in known if not account.secret)
    return (Condition.NO_SIGNATURE, without) if without else (Condition.SIGNED, str(len(known)))


def _alarms() -> _Found:
    """Which ring; if none, whether anybody would be told, which in production should be so."""
    if ringing := alarms.ringing():
        return Condition.RINGS, str(len(ringing))
    ways = telling.ways(settings())
    return (Condition.LOG_ONLY, "") if settings().production and not ways else (Condition.TOLD, str(len(ways)))


_CHECKS: dict[Part, Callable[[], _Found]] = {
    Part.SETTINGS: _settings, Part.DATABASE: _database, Part.SCHEMA: _schema, Part.COUNTERS: _counters, Part.QUEUE: _queue,
    Part.SENDER: _sender, Part.GATEWAY: _gateway, Part.WORDING: _wording, Part.ADMINISTRATOR: _administrator,
    Part.SOURCES: _sources, Part.HOOKS: _hooks, Part.ALARMS: _alarms,
}
