"""Does a directory let in exactly whom it knows? Asked of a real slapd, of one that stopped, and of things that are none."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import trace
from portal.models import SourceKind
from portal.sources import register, slots, upkeep
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault, Steps
from portal.sources.slots import Busy
from portal.sources.wanted import Asked
from tests.directory import BASE, PEOPLE, SEARCHER_PASSWORD, SECRET, Directory, Hostile, Silence, person
from tests.people import Later, later

pytest.importorskip("ldap", reason="python-ldap is not installed: `make test` installs it where it may")
__all__ = ["later"]
Check = Callable[..., Claimed | None]


@pytest.fixture(scope="module")
def directory() -> Iterator[Directory]:
    served = Directory(
        person("li.na", cn="Li Na", mobile="not yet known\n0151 12345678", employeeNumber="7"), person("star*)(uid=*"),
        person("wang.wei", mail="both@example.org"), person("wang.fang", mail="both@example.org"),
        person("new", pwdReset="TRUE"), person("off", pwdAccountLockedTime="000001010000Z"), person("müller, jo+1"),
    )
    served.start()
    yield served
    served.end()


@pytest.fixture
def check(app: Flask, directory: Directory) -> Iterator[Check]:
    """Ask a source that is set like this: `check("li.na", SECRET, starttls=True)`."""
    with app.app_context():
        yield lambda identifier, password=SECRET, **other: asked(directory.settings(**other), identifier, password)


def asked(settings: dict[str, Any], identifier: str, password: str = SECRET, *, steps: Steps | None = None) -> Claimed | None:
    """Add a source of these settings, or take the one there is, and ask it."""
    from portal.sources import ldap

    return ldap.check(source_of(settings), identifier, password, steps=steps)


def source_of(settings: dict[str, Any], secret: str = SEARCHER_PASSWORD) -> register.Source:
    found = next((source for source in register.fresh() if source.kind is SourceKind.LDAP and source.settings == settings), None)
    if found:
        return found
    new = Asked(kind=SourceKind.LDAP, title="Staff", name=f"staff-{len(register.fresh())}", secret=secret, settings=settings)
    added = upkeep.add(new, trace.COMMAND, actor=trace.Actor("test"))
    assert isinstance(added, int), added
    return next(source for source in register.fresh() if source.id == added)


def fault(check: Check, *words: str, **other: Any) -> Fault:
    with pytest.raises(SourceFault) as caught:
        check(*(words or ("li.na",)), **other)
    return caught.value.reason


@pytest.mark.parametrize("starttls", [False, True])
def test_a_person_is_who_the_directory_says(check: Check, directory: Directory, starttls: bool) -> None:
    claimed = check("li.na", starttls=starttls, servers=[directory.ldap if starttls else directory.ldaps])
    assert claimed is not None
    assert (claimed.called, claimed.name, claimed.username, claimed.email) == ("li.na", "Li Na", "li.na", "li.na@example.org")
    assert len(claimed.subject) == 36
    assert "uid=" not in claimed.subject
    assert (claimed.vouched, claimed.phone) == (False, None)


def test_a_template_names_the_entry_without_a_search_account(check: Check) -> None:
    template = {"user_dn": f"uid={{identifier}},{PEOPLE}", "bind_dn": None, "base_dn": None, "filter": None}
    assert check("li.na", **template) is not None
    assert check("li.na", "wrong", **template) is None
    assert check("nobody", **template) is None
    assert check("müller, jo+1", **template) is not None
    assert check(f"li.na,{PEOPLE}", **template) is None


@pytest.mark.parametrize("password", ["wrong", SECRET + " ", SECRET.upper(), "", "x" * 1_025, f"{SECRET}\0", "\ud800"])
def test_another_password_lets_nobody_in(check: Check, password: str) -> None:
    assert check("li.na", password) is None


@pytest.mark.parametrize("typed", [
    "", " ", "*", "li.*", "li.na)(uid=*", "*)(uid=*", ")(uid=li.na", "li.na\0", "li.na\n", "li\\2ena", "(|(uid=*))", "x" * 10_000,
    "ли.на", "li.na\u202e", "\ud800", f"uid=li.na,{PEOPLE}", "nobody", "elsewhere",
])
def test_nothing_that_is_typed_finds_somebody_else(check: Check, typed: str) -> None:
    assert check(typed) is None


def test_signs_that_mean_something_to_a_directory_are_taken_as_they_are(check: Check) -> None:
    claimed = check("star*)(uid=*")
    assert claimed is not None
    assert claimed.username == "star*)(uid=*"


def test_an_empty_password_never_reaches_the_directory(check: Check) -> None:
    assert check("li.na", "", servers=["ldaps://127.0.0.1:1"]) is None


def test_two_entries_are_nobody(check: Check) -> None:
    assert check("both@example.org", filter="(mail={identifier})") is None
    assert check("li.na@example.org", filter="(mail={identifier})") is not None


@pytest.mark.parametrize("who", ["off", "new"])
def test_whom_the_directory_bars_is_not_let_in(check: Check, who: str) -> None:
    assert check(who) is None


def test_a_filter_can_leave_people_out(check: Check) -> None:
    assert check("li.na", filter="(&(uid={identifier})(!(employeeNumber=7)))") is None


def test_nobody_comes_in_without_a_subject(check: Check) -> None:
    told = {"subject": "employeeNumber", "username": "uid"}
    claimed = check("li.na", attributes=told)
    assert claimed is not None
    assert claimed.subject == "7"
    assert check("wang.wei", attributes=told) is None


def test_a_subject_of_several_values_is_none(check: Check) -> None:
    assert check("li.na", attributes={"subject": "mobile"}) is None


@pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
def test_a_number_is_handed_over_if_the_source_is_set_to(check: Check) -> None:
    claimed = check("li.na", take_phone=True)
    assert claimed is not None
    assert claimed.phone == "+4915112345678"


def test_somebody_who_is_renamed_and_moved_stays_who_they_are(check: Check, directory: Directory) -> None:
    before = check("wang.fang")
    directory.changes(f"dn: uid=wang.fang,{PEOPLE}\nchangetype: modrdn\nnewrdn: uid=zhao.fang\ndeleteoldrdn: 1\n"
                      f"newsuperior: {BASE}\n")
    after = check("zhao.fang", base_dn=BASE)
    assert before is not None
    assert after is not None
    assert (after.subject, after.called) == (before.subject, "zhao.fang")


def test_without_tls_no_word_is_said(check: Check, directory: Directory, app: Flask) -> None:
    from dataclasses import replace

    from portal.sources import ldap

    source = source_of(directory.settings())
    for settings in ({"servers": [directory.ldap]}, {"servers": [directory.ldaps], "starttls": True}):
        bent = replace(source, settings=source.settings | settings)
        with pytest.raises(SourceFault) as caught:
            ldap.check(bent, "li.na", SECRET)
        assert caught.value.reason is Fault.NOT_SECURE


def test_a_directory_that_refuses_starttls_learns_no_password(app: Flask) -> None:
    bare = Directory(person("li.na"), tls=False)
    bare.start()
    with app.app_context(), pytest.raises(SourceFault) as caught:
        asked(bare.settings(servers=[bare.ldap], starttls=True), "li.na")
    bare.end()
    assert caught.value.reason is Fault.NOT_SECURE


@pytest.mark.parametrize("starttls", [False, True])
def test_a_certificate_of_somebody_else_ends_the_talk(check: Check, directory: Directory, starttls: bool) -> None:
    other = Directory()
    servers = [directory.ldap if starttls else directory.ldaps]
    assert fault(check, ca=other.ca, servers=servers, starttls=starttls) is Fault.NOT_SECURE
    assert fault(check, ca=None, servers=servers, starttls=starttls) is Fault.NOT_SECURE
    wrong_name = [server.replace("127.0.0.1", "127.0.0.2") for server in servers]
    assert fault(check, servers=wrong_name, starttls=starttls) in (Fault.NOT_SECURE, Fault.UNREACHABLE)
    other.end()


def test_a_search_account_that_is_refused_is_not_the_persons_fault(check: Check, directory: Directory) -> None:
    assert fault(check, bind_dn=f"cn=gone,{BASE}") is Fault.REFUSED_US


def test_a_base_that_is_not_there_or_lies_elsewhere_is_a_fault_of_the_settings(check: Check) -> None:
    assert fault(check, base_dn="ou=gone,dc=example,dc=org") is Fault.SETTINGS
    assert fault(check, base_dn="ou=elsewhere,dc=example,dc=org") is Fault.SETTINGS


def test_nobody_is_sent_elsewhere(check: Check) -> None:
    claimed = check("li.na", base_dn=BASE)
    assert claimed is not None
    assert check("li.na", user_dn="uid={identifier},ou=elsewhere,dc=example,dc=org", bind_dn=None) is None


def test_the_next_server_answers_for_one_that_is_down(check: Check, directory: Directory) -> None:
    assert check("li.na", servers=["ldaps://127.0.0.1:1", directory.ldaps]) is not None


@pytest.mark.parametrize("starttls", [False, True])
def test_the_next_server_answers_for_one_that_hangs(check: Check, directory: Directory, starttls: bool) -> None:
    silent = Silence()
    hanging, well = (f"ldap://127.0.0.1:{silent.port}", directory.ldap) if starttls else (
        f"ldaps://127.0.0.1:{silent.port}", directory.ldaps)
    began = time.monotonic()
    assert check("li.na", servers=[hanging, well], starttls=starttls) is not None
    assert time.monotonic() - began < 4
    began = time.monotonic()
    assert check("li.na", servers=[hanging, well], starttls=starttls) is not None
    assert time.monotonic() - began < 1, "a server that hung is asked again at once"
    silent.end()


def test_a_directory_that_stops_answers_after_five_seconds_and_then_rests(app: Flask, later: Later) -> None:
    frozen = Directory(person("li.na"))
    frozen.start()
    with app.app_context():
        assert asked(frozen.settings(), "li.na") is not None
        frozen.freeze()
        began, worked = time.monotonic(), time.process_time()
        with pytest.raises(SourceFault) as caught:
            asked(frozen.settings(), "li.na")
        assert caught.value.reason in (Fault.TOO_SLOW, Fault.UNREACHABLE)
        assert 4 < time.monotonic() - began < 6
        assert time.process_time() - worked < 1, "to wait costs nothing"
        with pytest.raises(Busy):
            asked(frozen.settings(), "li.na")
        frozen.thaw()
        later(slots.RESTS + 1)
        assert asked(frozen.settings(), "li.na") is not None
    frozen.end()


@pytest.mark.settings(PORTAL_THREADS="4")
def test_half_of_the_threads_at_most_wait_for_a_directory(app: Flask, check: Check, directory: Directory) -> None:
    silent = Silence()
    settings, outcomes = directory.settings(servers=[f"ldaps://127.0.0.1:{silent.port}"]), []
    source_of(settings)

    def asks() -> None:
        with app.app_context():
            try:
                asked(settings, "li.na")
            except (SourceFault, Busy) as error:
                outcomes.append(type(error))

    asking = [threading.Thread(target=asks) for _ in range(8)]
    began = time.monotonic()
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert time.monotonic() - began < 7
    assert sorted(error.__name__ for error in outcomes) == ["Busy"] * 6 + ["SourceFault"] * 2
    silent.end()


def test_a_try_shows_each_step_and_no_secret(app: Flask, check: Check, directory: Directory) -> None:
    steps = Steps()
    assert asked(directory.settings(), "li.na", "wrong horse", steps=steps) is None
    assert [(step.name.split(": ")[-1], step.ok) for step in steps.taken] == [
        ("TLS", True), ("search account", True), ("search", True), ("password", False)]
    assert "wrong horse" not in repr(steps)
    assert SEARCHER_PASSWORD not in repr(steps)


def test_the_directory_in_which_anybody_may_search_needs_no_search_account(app: Flask) -> None:
    open_one = Directory(person("li.na"), anonymous="read")
    open_one.start()
    with app.app_context():
        assert asked(open_one.settings(bind_dn=None), "li.na") is not None
        assert asked(open_one.settings(bind_dn=None), "li.na", "wrong") is None
    open_one.end()


def hangs(connection: socket.socket) -> None:
    connection.recv(1_000)
    time.sleep(8)


def drips(connection: socket.socket) -> None:
    connection.sendall(b"\x30\x84\x00\x00\xff\xff")
    for _ in range(40):
        connection.sendall(b"\x02")
        time.sleep(0.2)


def floods(connection: socket.socket) -> None:
    connection.sendall(b"\x30\x84\x7f\xff\xff\xff")
    while True:
        connection.sendall(bytes(65_536))


def talks_of_something_else(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.recv(1_000)


def hangs_up(connection: socket.socket) -> None:
    connection.recv(1_000)


@pytest.mark.parametrize("misdeed", [hangs, drips, floods, talks_of_something_else, hangs_up])
def test_a_hostile_server_takes_neither_long_nor_much(
    app: Flask, directory: Directory, tmp_path: Path, misdeed: Callable[[socket.socket], None],
) -> None:
    hostile = Hostile(tmp_path, misdeed)
    began, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with app.app_context(), pytest.raises(SourceFault):
        asked(directory.settings(servers=[hostile.url], ca=hostile.ca), "li.na")
    hostile.end()
    assert time.monotonic() - began < 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20_000


def agrees_and_goes_on(connection: socket.socket) -> None:
    """StartTLS is agreed to; behind it stands the answer to a bind that nobody has asked yet."""
    connection.recv(1_000)
    connection.sendall(bytes.fromhex("300c02010178070a010004000400") + bytes.fromhex("300c02010161070a010004000400"))
    connection.recv(1_000)


def refuses(connection: socket.socket) -> None:
    connection.recv(1_000)
    connection.sendall(bytes.fromhex("308400000010020101788400000007 0a010204000400".replace(" ", "")))


def answers_nonsense(connection: socket.socket) -> None:
    connection.recv(1_000)
    connection.sendall(bytes.fromhex("3003020101"))


@pytest.mark.parametrize("misdeed", [agrees_and_goes_on, refuses, answers_nonsense])
def test_nothing_that_is_said_before_tls_is_believed(
    app: Flask, directory: Directory, tmp_path: Path, misdeed: Callable[[socket.socket], None],
) -> None:
    hostile = Hostile(tmp_path, misdeed, plain=True)
    with app.app_context(), pytest.raises(SourceFault) as caught:
        asked(directory.settings(servers=[hostile.url], ca=hostile.ca, starttls=True), "li.na")
    hostile.end()
    assert caught.value.reason in (Fault.NOT_SECURE, Fault.UNREADABLE)
