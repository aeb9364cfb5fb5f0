"""Does mail leave over TLS alone, once, and is it certain afterwards whether it left?"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import mail
from portal.mail import MailNotSent
from portal.smtp import Reason
from tests.certificates import own_certificate
from tests.conftest import settings
from tests.mail_server import PASSWORD, USER, MailServer
from tests.processes import free_port

TEXT = "482913 is your Portal code. It works for 5 minutes. Never share it with anyone.\n@login.example.com #482913"
IN_PRODUCTION = {
    "PORTAL_ENV": "production", "PORTAL_URL": "https://login.example.com", "PORTAL_GATEWAY": "console",
    "PORTAL_HOME_COUNTRY": "DE", "PORTAL_HASH_MEMORY_KIB": "65536", "PORTAL_HASH_PASSES": "3",
}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def send(environment: dict[str, str], to: str = "anna@example.com", subject: str = "Alarm", text: str = TEXT) -> Reason | None:
    """Why a mail was not sent; None: it was."""
    try:
        mail.send(settings(**environment), to, subject, text, seconds=1.5)
    except MailNotSent as error:
        return error.reason if error.sent_nothing == (error.reason is not Reason.NO_ANSWER) else None
    return None


def test_a_mail_arrives_as_it_was_written_over_tls_and_with_the_password(server: MailServer) -> None:
    assert send(server.settings()) is None

    [taken] = server.taken
    assert (taken.sender, taken.to, taken.over_tls, taken.user) == ("portal@example.com", "anna@example.com", True, USER)
    assert (taken.mail["From"], taken.mail["To"], taken.mail["Subject"]) == (
        "Portal <portal@example.com>", "anna@example.com", "Alarm")
    assert taken.text == TEXT
    assert taken.mail["Message-ID"].endswith("@localhost>")
    assert (taken.mail["Auto-Submitted"], taken.mail["Content-Transfer-Encoding"]) == ("auto-generated", "7bit")
    assert server.faults == []


@pytest.mark.parametrize("text", ["验证码 482913，5 分钟内有效。\n@login.example.com #482913", ".\n.. dots\n.", "x" * 3_000, ""])
def test_any_text_arrives_whole(server: MailServer, text: str) -> None:
    assert send(server.settings(), subject="短信 – Ä", text=text) is None

    assert server.taken[0].text == text
    assert server.taken[0].mail["Subject"] == "短信 – Ä"
    assert server.faults == []


def test_tls_from_the_first_byte_is_spoken_where_the_address_says_so() -> None:
    with MailServer("implicit") as server:
        assert send(server.settings()) is None
        assert server.taken[0].over_tls


def test_nothing_is_sent_in_production_to_a_server_without_starttls() -> None:
    with MailServer("none") as server:
        assert send(server.settings() | IN_PRODUCTION) is Reason.NO_TLS
        assert send(server.settings()) is None  # in development, to this very machine
        assert [taken.over_tls for taken in server.taken] == [False]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for_is_refused(tls: str, tmp_path: Path) -> None:
    own_certificate(other := tmp_path / "other.pem")

    with MailServer(tls) as server:
        assert send(server.settings(ca="")) is Reason.CERTIFICATE
        assert send(server.settings(ca=str(other))) is Reason.CERTIFICATE
        assert server.taken == []


def test_a_server_that_speaks_no_tls_where_it_should_is_told_apart(server: MailServer) -> None:
    environment = server.settings()
    environment["PORTAL_SMTP_URL"] = environment["PORTAL_SMTP_URL"].replace("smtp://", "smtps://")

    assert send(environment) is Reason.NO_TLS


def test_what_was_said_before_tls_does_not_count_behind_it(server: MailServer) -> None:
    server.answers["starttls"] = "220 go on\r\n250 mail.example.com"  # who believed that would miss AUTH

    assert send(server.settings()) in (None, Reason.NO_TLS, Reason.UNREACHABLE)
    assert all(taken.over_tls and taken.user == USER for taken in server.taken)


@pytest.mark.parametrize(("step", "answer", "reason"), [
    ("greeting", "421 busy", Reason.NOT_NOW), ("greeting", "554 never", Reason.REFUSED),
    ("greeting", "nonsense", Reason.UNREACHABLE),
    ("starttls", "454 not now", Reason.NOT_NOW), ("starttls", "close", Reason.UNREACHABLE),
    ("auth", "454 4.7.0 later", Reason.NOT_NOW), ("auth", "535 5.7.8 wrong", Reason.CREDENTIALS),
    ("mail", "451 later", Reason.NOT_NOW), ("mail", "553 not yours", Reason.SENDER),
    ("rcpt", "450 4.2.1 full", Reason.NOT_NOW), ("rcpt", "550 5.1.1 nobody", Reason.RECIPIENT),
    ("rcpt", "550 no", Reason.RECIPIENT),
    ("rcpt", "550 5.7.1 relaying denied", Reason.REFUSED), ("rcpt", "554 no", Reason.REFUSED),
    ("data", "452 no room", Reason.NOT_NOW), ("data", "554 no", Reason.REFUSED),
    ("content", "451 later", Reason.NOT_NOW), ("content", "552 too much", Reason.REFUSED),
    ("content", "taken, nonsense", Reason.NO_ANSWER), ("content", "taken, 999 what", Reason.NO_ANSWER),
])
def test_each_answer_is_sorted(server: MailServer, step: str, answer: str, reason: Reason) -> None:
    server.answers[step] = answer

    assert send(server.settings()) is reason
    assert len(server.taken) == (reason is Reason.NO_ANSWER)


@pytest.mark.parametrize("how", ["close", "reset", "hang", "drip"])
@pytest.mark.parametrize("step", ["greeting", "helo", "auth", "mail", "rcpt", "content"])
def test_a_server_that_falls_silent_ends_in_time_and_leaves_doubt_only_behind_the_mail(
    server: MailServer, step: str, how: str,
) -> None:
    server.answers[step] = f"taken, {how}" if step == "content" else how

    began = time.monotonic()
    reason = send(server.settings())

    assert reason is (Reason.NO_ANSWER if step == "content" else Reason.UNREACHABLE)
    assert time.monotonic() - began < 3
    assert len(server.taken) == (step == "content")


def test_a_server_that_is_not_there_is_unreachable() -> None:
    assert send({"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{free_port()}", "PORTAL_MAIL_FROM": "a@example.com"}) is Reason.UNREACHABLE


def test_without_a_server_or_a_sender_no_mail_is_sent() -> None:
    assert send({}) is Reason.NO_SERVER
    assert not mail.is_set_up(settings())


def test_a_server_that_asks_for_no_password_gets_none() -> None:
    with MailServer(auth=False) as server:
        assert send(server.settings(user="")) is None
        assert send(server.settings()) is Reason.CREDENTIALS


@pytest.mark.parametrize("to", [
    "anna@example.com\r\nRCPT TO:<eve@example.com>", "anna@example.com, eve@example.com", "<eve@example.com>", "anna",
    "anna@example.com>", "änna@example.com", "", "a..b@example.com", "anna@example.com\n",
])
def test_no_address_reaches_another_recipient(server: MailServer, to: str) -> None:
    assert send(server.settings(), to=to) is Reason.MESSAGE
    assert server.taken == []


@pytest.mark.parametrize("subject", ["Alarm\r\nBcc: eve@example.com", "Alarm\n\nbody", "a\rb"])
def test_no_subject_adds_a_header(server: MailServer, subject: str) -> None:
    assert send(server.settings(), subject=subject) is Reason.MESSAGE
    assert server.taken == []


@pytest.mark.parametrize("step", ["mail", "content"])
def test_neither_text_nor_password_is_logged_or_raised(server: MailServer, step: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers[step] = f"554 {TEXT.splitlines()[0]} {PASSWORD}"

    with pytest.raises(MailNotSent) as raised:
        mail.send(settings(**server.settings()), "anna@example.com", "Alarm", TEXT)

    said = caplog.text + repr(raised.value) + repr(raised.value.__cause__) + repr(raised.value.__context__)
    assert "482913" not in said
    assert PASSWORD not in said
