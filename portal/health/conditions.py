"""What is there to be looked at, and how can it stand? Values alone; the words for them are the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What can be looked at from here."""

    SETTINGS = "settings"
    DATABASE = "database"
    SCHEMA = "schema"
    COUNTERS = "counters"
    QUEUE = "queue"
    SENDER = "sender"
    GATEWAY = "gateway"
    WORDING = "wording"
    HOOKS = "webhooks"
    ALARMS = "alarms"
    ADMINISTRATOR = "administrator"
    SOURCES = "identity sources"


class Condition(StrEnum):
    """How a part stands. Behind some there is a `detail`: a fault's kind, faults of settings, a number, a name."""

    UNREACHABLE = "unreachable"
    FIT = "fit for production"
    DEVELOPMENT = "for development"
    SERVER = "a server"
    ONE_FILE = "one file"
    UP_TO_DATE = "up to date"
    OUT_OF_DATE = "out of date"
    IN_REDIS = "in Redis"
    BESIDE = "beside the database"
    WAITING = "waiting"
    RUNNING = "running"
    SILENT = "silent"
    CHOSEN = "chosen"
    UNTRIED = "untried"
    INBOX = "inbox"
    THERE = "there"
    MISSING = "missing"
    USABLE = "usable"
    SECRET_LOST = "secret lost"  # noqa: S105 - a state, no secret
    NOT_SECURE = "not secure"
    LIBRARY_MISSING = "library missing"
    NO_GATEWAY = "no gateway"
    NO_COUNTRY = "no country"
    CREDENTIALS_MISSING = "credentials missing"
    KEY_UNREADABLE = "private key unreadable"
    MISDESCRIBED = "misdescribed"
    SIGNED = "signed"
    NO_SIGNATURE = "no signature secret"
    UNSIGNED = "taken unsigned"
    SAID = "said as written"
    PASSED_OVER = "passed over"
    RINGS = "alarms ring"
    TOLD = "operator told"
    LOG_ONLY = "log only"


BAD = frozenset({Condition.UNSIGNED,
                 Condition.UNREACHABLE, Condition.OUT_OF_DATE, Condition.SILENT, Condition.MISSING, Condition.SECRET_LOST,
                 Condition.NOT_SECURE, Condition.LIBRARY_MISSING, Condition.PASSED_OVER, Condition.RINGS,
                 Condition.NO_GATEWAY, Condition.NO_COUNTRY, Condition.CREDENTIALS_MISSING, Condition.KEY_UNREADABLE,
                 Condition.MISDESCRIBED})


@dataclass(frozen=True)
class Finding:
    """One part of the portal and how it stands."""

    part: Part
    condition: Condition
    detail: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing has to be done."""
        return self.condition not in BAD
