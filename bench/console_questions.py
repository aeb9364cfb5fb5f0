"""Which pages of the console are asked for? Every list by every filter, order and kind of search, first and late pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, product
from urllib.parse import urlencode

from bench.console_database import Database
from bench.console_rows import BOSS, BUSY, Town
from bench.console_sql import typed_phone

FIRST, LATE = "first page", "later pages"
PHONES = ("", "no-phone", "not-proven", "proven", "failing")
STATUSES = ("", "suspended", "locked", "never-logged-in", "administrators")
ORDERS = ("-created", "created", "username", "-username", "email", "-email", "-last-login", "last-login")
BUSY_APPLICATION, QUIET_APPLICATION = "#1", "#100"
SHARES = (0.5, 0.01, 0.99)
Filters = dict[str, list[dict[str, str]]]
"""What a log can be asked for, by kind."""


@dataclass(frozen=True)
class Question:
    """One page; `what` names the line of the table on which it is judged."""

    what: str
    path: str


def questions(again: Database, town: Town) -> Iterator[Question]:
    """Yield all of them."""
    yield from _user_list(again, town)
    yield from _applications(again, town)
    yield from _audit_log(town)
    yield from _message_log(town)
    yield from _of_one(town)
    yield from _policy()
    yield from _files()


def _asks(what: str, path: str, **query: str) -> Question:
    given = {name: value for name, value in query.items() if value}
    return Question(what, f"{path}?{urlencode(given)}" if given else path)


def _user_list(again: Database, town: Town) -> Iterator[Question]:
    path, some = "/admin/users", f"{town.users // 2:07}"
    begins = ("user", f"user{some[:4]}", f"user{some}", f"user{some}@ex", "anna", "Anna K", "+4471", "07100 0", "no", some[-4:])
    for phone, status, order in product(PHONES, STATUSES, ORDERS):
        asked = {"phone": phone, "status": status, "sort": order}
        yield _asks(f"User List, {FIRST}", path, **asked)
        for place in _places(again, town, order):
            yield _asks(f"User List, {LATE}", path, **asked, at=place)
    for search, phone, status, order in product(begins, PHONES, STATUSES, ("-created", "username")):
        yield _asks(f"User List, search, {FIRST}", path, q=search, phone=phone, status=status, sort=order)
    for search, status in product(("user", "anna", "+4471"), STATUSES):
        yield _asks(f"User List, search, {LATE}", path, q=search, status=status, at=_place_in_search(again, town, search))


def _places(again: Database, town: Town, order: str) -> Iterator[str]:
    """A cursor in the middle, one near the end, and one that looks back from there."""
    column = {"username": "username_key", "email": "email_key", "last-login": "last_sign_in_at"}.get(order.removeprefix("-"))
    for share in SHARES[:2]:
        id_, key = again.row(f'SELECT id, {column or "id"} FROM "user" WHERE id = {int(town.users * share)}')
        yield f"0.{id_}.{key}" if key is not None else f"1.{id_}.{id_}"
    yield f"~0.{id_}.{key}" if key is not None else f"~1.{id_}.{id_}"


def _place_in_search(again: Database, town: Town, search: str) -> str:
    strand, column = {"user": (0, "username_key"), "anna": (2, "name_key"), "+4471": (3, "phone")}[search]
    half = {"user": f"user{town.users // 2:07}", "anna": "anna d", "+4471": typed_phone(town.users // 2)}[search]
    id_, key = again.row(f"SELECT id, {column} FROM \"user\" WHERE {column} >= '{half}' ORDER BY {column} LIMIT 1")
    return f"{strand}.{id_}.{key}"


def _applications(again: Database, town: Town) -> Iterator[Question]:
    path = "/admin/applications"
    rules_of, orders = ("", "own", "global"), ("name", "-name", "created", "-created")
    for search, rules, order in product(("", "s", "shop 000", "nothing"), rules_of, orders):
        yield _asks(f"Self-built application, {FIRST}", path, q=search, rules=rules, sort=order)
        for share in SHARES if not search else ():
            id_, key = again.row(f"SELECT id, name_key FROM application WHERE id = {int(town.applications * share)}")
            place = f"{id_}.{key}" if "name" in order else str(id_)
            yield _asks(f"Self-built application, {LATE}", path, rules=rules, sort=order, at=place)


def _days() -> Iterator[dict[str, str]]:
    """A day's page, an old day's, a month's."""
    today = datetime.now(UTC).date()
    for first, last in ((0, 0), (1, 1), (80, 80), (60, 30), (89, 0)):
        yield {"from": str(today - timedelta(first)), "to": str(today - timedelta(last))}
    yield {"to": str(today - timedelta(70))}


def _audit_log(town: Town) -> Iterator[Question]:
    events = ("sign-in complete", "code refused", "application deleted", "switch thrown", "user created")
    one: Filters = {"none": [{}], "time": list(_days())}
    one["event"] = [{"event": each} for each in events]
    one["person"] = [{"person": each} for each in ("user0000123", f"#{BUSY}", f"#{BOSS}")]
    one["application"] = [{"application": each} for each in (BUSY_APPLICATION, QUIET_APPLICATION)]
    one["result"] = [{"result": each} for each in ("well", "badly", "=ok", "=wrong", "=rules", "=on", "=role")]
    yield from _log("Audit log", "/admin/audit", one, town.entries)


def _message_log(town: Town) -> Iterator[Question]:
    one: Filters = {"none": [{}], "time": list(_days())}
    one["state"] = [{"state": each} for each in ("waiting", "sending", "sent", "delivered", "failed", "unknown", "expired")]
    one["person"] = [{"person": each} for each in ("user0000123", f"#{BUSY}")]
    one["application"] = [{"application": each} for each in (BUSY_APPLICATION, QUIET_APPLICATION)]
    one["number"] = [{"number": each} for each in (typed_phone(BUSY), typed_phone(123), "+4471", "+44710000012", "+49")]
    yield from _log("Message log", "/admin/messages", one, town.messages)


def _log(name: str, path: str, one: Filters, count: int) -> Iterator[Question]:
    """Every filter alone, and every two of different kinds together."""
    for kind, other in combinations_with_replacement(one, 2):
        for chosen, beside in product(one[kind], one[other] if other != kind else [{}]):
            asked = chosen | beside
            yield _asks(f"{name}, {FIRST}", path, **asked)
            for place in (f"{count // 2}", f"~{count // 100}"):
                yield _asks(f"{name}, {LATE}", path, **asked, at=place)


def _of_one(town: Town) -> Iterator[Question]:
    """The pages of one user, of one application, of one entry and one message."""
    for user in (BUSY, BOSS, town.users // 3):
        path = f"/admin/users/{user}"
        yield from (Question("one user: details", f"{path}{page}") for page in ("", "/security"))
        for page, count in (("logins", town.sign_ins), ("trail", town.entries)):
            yield Question(f"one user: {page}", f"{path}/{page}")
            yield from (_asks(f"one user: {page}", f"{path}/{page}", at=str(int(count * share))) for share in SHARES)
    for application in (1, 100, 101):
        yield from (Question("one application", f"/admin/applications/{application}{page}") for page in ("", "/advanced"))
    yield from (Question("one application", f"/admin/applications/{application}/security") for application in (100, 200))
    yield from (Question("one entry, one message", f"/admin/audit/{int(town.entries * share)}") for share in SHARES)
    yield from (Question("one entry, one message", f"/admin/messages/{int(town.messages * share)}") for share in SHARES)


def _policy() -> Iterator[Question]:
    """The page of the switches with their impact, the preview and the matrix; and what else stands in the menu."""
    path = "/settings/mfa"
    yield Question("MFA: impact, matrix, preview", path)
    yield _asks("MFA: impact, matrix, preview", path, q="shop")
    yield _asks("MFA: impact, matrix, preview", path, who="user0000123", source="password", application="Chat 0000001")
    yield from (Question("Dashboard, Settings", each) for each in ("/admin/", "/admin/settings"))


def _files() -> Iterator[Question]:
    what = "exports: the first batches"
    for phone, status, order in product(("", "failing"), STATUSES, ("-created", "username", "last-login")):
        yield _asks(what, "/admin/users/export.csv", phone=phone, status=status, sort=order)
    yield _asks(what, "/admin/users/export.csv", q="anna")
    both: list[dict[str, str]] = [{}, {"person": f"#{BUSY}"}, {"application": BUSY_APPLICATION}]
    for asked in [*both, {"event": "code refused"}, {"result": "badly"}, {"result": "=wrong"}]:
        yield _asks(what, "/admin/audit/export.csv", **asked)
    for asked in [*both, {"state": "failed"}, {"number": "+4471"}]:
        yield _asks(what, "/admin/messages/export.csv", **asked)
