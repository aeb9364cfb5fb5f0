"""What stands in the tables of a town? Enough of everything that a filter asks for, and somebody who is busier than others."""

from dataclasses import dataclass

from bench.console_sql import Columns, Dialect, at, case, digits, phone, pick, reversed_phone
from bench.hashing import CHEAP
from portal.accounts.credentials import SOURCE
from portal.signin.policy import Reason

BOSS, BUSY = 1, 5
"""The administrator who asks, and a user with a fiftieth of all logins: ids."""
_RULES = f"'{Reason.RULES.value}'"
_FROM = {"address": "'192.0.2.' || (n % 250)", "agent": "'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0'"}


@dataclass(frozen=True)
class Town:
    """How many rows stand in each table."""

    users: int
    applications: int
    sign_ins: int
    messages: int
    entries: int


def users(town: Town) -> Columns:
    """Users: one in ten without a username, one in twenty without a number."""
    return {
        **_named(), **_numbered(), "password_hash": f"'{CHEAP.stored()}'", "password_must_change": "n % 40 = 9",
        "role": case((f"n = {BOSS}", "'administrator'"), ("n % 5000 = 1", "'auditor'")), "suspended": "n % 50 = 7",
        "wrong_codes": case(("n % 1000 = 11", "30"), ("n % 33 = 0", "3"), otherwise="0"), "dead_codes": "0", "version": "1",
        "created_at": at("n", town.users),
        # Of those who have never logged in most were imported together, last.
        "last_sign_in_at": case((f"n % 10 <> 2 AND n < {town.users * 9 // 10}", at(f"n * 7919 % {town.users}", town.users))),
    }


def _named() -> Columns:
    name = f"{pick('n', 'Anna', 'Bo', 'Chen', 'Dora', 'Li', 'Mia', 'Olu', 'Zoe')} || ' ' || " \
           f"{pick('n / 8', 'Adler', 'Brown', 'Costa', 'Diaz', 'Ito', 'Kim', 'Silva', 'Wang')} || ' ' || n"
    user = f"'user' || {digits('n')}"
    username, email = case(("n % 10 <> 0", user)), case(("n % 7 <> 0", f"{user} || '@example.com'"))
    keys = {"username_key": username, "email_key": email, "name_key": case(("n % 13 <> 0", f"lower({name})"))}
    return keys | {"username": username, "email": email, "name": case(("n % 13 <> 0", name))}


def _numbered() -> Columns:
    states = (("n % 20 = 3", "NULL"), ("n % 10 = 4", "'not proven'"), ("n % 100 = 5", "'failing'"))
    return {"phone": case(("n % 20 <> 3", phone("n"))), "phone_reversed": case(("n % 20 <> 3", reversed_phone("n"))),
            "phone_state": case(*states, otherwise="'proven'")}


def applications(town: Town, dialect: Dialect) -> Columns:
    """Applications: one in three with a logo, one in a hundred with rules of its own."""
    name = f"{pick('n', 'Billing', 'Chat', 'Forum', 'Mail', 'Shop', 'Store', 'Tickets', 'Wiki')} || ' ' || {digits('n')}"
    return {
        "client_id": f"'client-' || {digits('n')}", "name": name, "name_key": f"lower({name})",
        "home_address": "'https://' || n || '.example.com/'", "logo": case(("n % 3 = 0", dialect.logo)),
        "customises": "n % 100 = 0", "created_at": at("n", town.applications), "version": "1",
    }


def sign_ins(town: Town, dialect: Dialect) -> Columns:
    """Logins: a third ended, one in twenty given up at the code, the newest of this day."""
    begun, given_up, ended = at("n", town.sign_ins), "n % 20 = 1", "n % 20 <> 1 AND n % 3 = 0"
    state = case((given_up, "'awaiting_code'"), (ended, "'ended'"), otherwise="'complete'")
    return {
        "token_hash": dialect.hashed, "user_id": _user("n", town), "source": f"'{SOURCE}'", "state": state,
        "application_id": _application("n", town), "methods": "'{\"pwd\": 1700000000, \"sms\": 1700000000}'", "reason": _RULES,
        "created_at": begun, "seen_at": begun, "expires_at": f"{begun} + 40000", "must_end_at": f"{begun} + 2592000",
        "completed_at": case((given_up, "NULL"), otherwise=f"{begun} + 20"), "ended_at": case((ended, f"{begun} + 3000")),
        "ended_because": case((ended, "'logged out'")), **_FROM, "locale": "'en'", "phone": phone(_user("n", town)),
        "binding": "n < 0", **dict.fromkeys(("code_tries", "dead_codes", "numbers"), "0"), "texts": "1",
    }


def messages(town: Town, dialect: Dialect) -> Columns:
    """Messages: nearly all sent or delivered, one in a hundred failed, the last ones waiting."""
    asked = at("n", town.messages)
    states = ((f"n > {town.messages - 5}", "'waiting'"), ("n % 100 = 7", "'failed'"), ("n % 200 = 9", "'unknown'"),
              ("n % 200 = 109", "'expired'"), ("n % 3 = 0", "'sent'"))
    return {
        "sign_in_id": f"n * {town.sign_ins // town.messages}", "user_id": _user("n", town), "phone": phone(_user("n", town)),
        "purpose": case(("n % 10 = 3", "'bind'"), otherwise="'login'"), "locale": "'en'", "application": "'Portal'",
        "application_id": _application("n", town), "nonce": dialect.nonce, "code_key": "'1'",
        "state": case(*states, otherwise="'delivered'"), "reason": case(("n % 100 = 7", "'refused'")), "gateway": "'inbox'",
        "reference": "'reference-' || n", "attempts": "1", "created_at": asked, "not_after": f"{asked} + 300", "again_at": asked,
        "claimed_at": f"{asked} + 1", "settled_at": f"{asked} + 2",
    }


_LONG_AGO = "n < 600 AND n % 6 = 5"
_EVENTS = (
    # when, what, how it ended: six entries a login, one in thirty a refusal, some things seldom, and one never again
    (_LONG_AGO, "application deleted", "ok"), ("n % 6 = 0", "first factor passed", "ok"), ("n % 6 = 1", "code sent", "ok"),
    ("n % 600 = 2", "message", "failed"), ("n % 6 = 2", "message", "sent"), ("n % 6 = 3", "code accepted", "ok"),
    ("n % 6 = 4", "sign-in complete", Reason.RULES.value), ("n % 30 = 5", "first factor refused", "refused"),
    ("n % 30 = 11", "code refused", "wrong"), ("n % 30 = 17", "message", "delivered"), ("n % 300 = 23", "user changed", "ok"),
    ("n % 3000 = 29", "switch thrown", "on"),
)
_BY_BOSS = "n % 300 = 23 OR n % 3000 = 29"
_THROWN = "'{\"scope\": \"' || " + case(("n % 6000 = 29", "'portal'"), otherwise="'100'") + " || '\", \"switch\": \"sms\"}'"


def entries(town: Town, dialect: Dialect) -> Columns:
    """Entries of the audit log."""
    return {
        "at": at("n", town.entries), "event": case(*((when, f"'{what}'") for when, what, _ in _EVENTS), otherwise="'code sent'"),
        "outcome": case(*((when, f"'{how}'") for when, _, how in _EVENTS), otherwise="'ok'"),
        "user_id": case(("n % 3000 <> 29", _user("(n / 6)", town))), "actor": case((_BY_BOSS, "'boss'")),
        "actor_id": case((_BY_BOSS, str(BOSS))), "sign_in_id": f"1 + n * {town.sign_ins} / {town.entries + 1}",
        "application_id": _application("(n / 6)", town), **_FROM, "request_id": "'r' || n",
        "detail": dialect.json.format(text=case(("n % 3000 = 29", _THROWN), otherwise="'{}'")),
    }


def seals(town: Town, dialect: Dialect) -> Columns:
    """Seals over a thousand entries each; the last thousand are not sealed yet."""
    ranges = "'[[' || (n * 1000 - 999) || ', ' || (n * 1000) || ']]'"
    return {
        "sealed_at": at("n", town.entries // 1000), "entries": "1000", "ranges": dialect.json.format(text=ranges),
        "up_to": "n * 1000", "digest": dialect.hashed, "key_name": "'1'", "mark": dialect.hashed,
    }


def _user(number: str, town: Town) -> str:
    """Somebody who has logged in, as their own row says too; one time in fifty, the busy user."""
    return case((f"{number} % 50 = 0", str(BUSY)), otherwise=f"1 + {number} * 7919 % {town.users // 12} * 10")


def _application(number: str, town: Town) -> str:
    """None a third of the time; a sixth of the time the first."""
    return case((f"{number} % 3 = 0", "NULL"), (f"{number} % 4 = 0", "1"), otherwise=f"1 + {number} * 31 % {town.applications}")
