"""Are settings read rightly, are unsafe ones refused all at once, and does the documentation list every one?"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

import config
from scripts import settings_table
from tests.servers import ROOT

SECRET = "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
DEVELOPMENT = {"PORTAL_ENV": "development", "PORTAL_SECRET": SECRET}
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"
PRODUCTION = {
    "PORTAL_SECRET": SECRET, "PORTAL_URL": "https://login.example.com", "PORTAL_GATEWAY": "vonage",
    "VONAGE_API_KEY": "key", "VONAGE_API_SECRET": "a-secret", "PORTAL_HOME_COUNTRY": "DE",
}


def load(environment: dict[str, str]) -> config.Settings:
    with patch.dict(os.environ, environment, clear=True):
        return config.load()


def faults(environment: dict[str, str]) -> list[str]:
    """What is said against these variables; empty when they are accepted."""
    try:
        load(environment)
    except config.SettingsInvalid as refusal:
        return refusal.faults
    return []


def test_a_sound_environment_is_accepted() -> None:
    assert faults(DEVELOPMENT) == []
    assert faults(PRODUCTION) == []


def test_production_is_the_default_and_starts_with_nothing_unsafe() -> None:
    named = {fault.partition(":")[0] for fault in faults({})}
    assert named == {"PORTAL_SECRET", "PORTAL_URL", "PORTAL_GATEWAY", "PORTAL_HOME_COUNTRY"}


def test_every_mistyped_variable_is_named_at_once() -> None:
    wrong = {"PORT": "eighty", "PORTAL_CODE_LENGTH": "4", "PORTAL_ENV": "staging", "PORTAL_HASH_PASSES": "0",
             "PORTAL_SENDER": "maybe"}
    assert {fault.partition(":")[0] for fault in faults(DEVELOPMENT | wrong)} == set(wrong)


@pytest.mark.parametrize(("written", "secrets"), [
    ("acme=s3cret", {"acme": "s3cret"}), ("acme=a=b==,other-2=x:y", {"acme": "a=b==", "other-2": "x:y"}),
    (" acme = x , b=y", {"acme": "x", "b": "y"}), ('{"acme": "a,b=c", "b": "{}"}', {"acme": "a,b=c", "b": "{}"}),
])
def test_secrets_of_gateways_are_read_by_their_names(written: str, secrets: dict[str, str]) -> None:
    assert load(DEVELOPMENT | {"PORTAL_GATEWAY_SECRETS": written}).portal_gateway_secrets == secrets


@pytest.mark.parametrize("written", [
    "very-s3cret", "acme=very-s3cret,x", "acme=", "=very-s3cret", "Acme=very-s3cret", "acme=very-s3cret,acme=x",
    "a b=very-s3cret",
    '{"acme": "very-s3cret"', '{"acme": 1}', '{"acme": {"a": "very-s3cret"}}', '{"": "very-s3cret"}', "acme=very-s3cret,,b=x",
])
def test_secrets_that_cannot_be_read_are_said_by_their_variable_and_never_shown(written: str) -> None:
    [said] = faults(DEVELOPMENT | {"PORTAL_GATEWAY_SECRETS": written})
    assert said.startswith("PORTAL_GATEWAY_SECRETS: ")
    assert "very-s3cret" not in said


@pytest.mark.parametrize(("url", "sender", "named"), [
    ("smtp://mail.example.com", "portal@example.com", set()),
    ("smtps://a:b%40c@mail.example.com:465", "Portal <portal@example.com>", set()),
    ("mail.example.com:25", "portal@example.com", {"PORTAL_SMTP_URL"}),
    ("https://mail.example.com", "a@b.example", {"PORTAL_SMTP_URL"}),
    ("smtp://mail.example.com:port", "a@b.example", {"PORTAL_SMTP_URL"}), ("smtp://", "a@b.example", {"PORTAL_SMTP_URL"}),
    ("smtp://a:b/c@mail.example.com", "a@b.example", {"PORTAL_SMTP_URL"}),
    ("smtp://mail.example.com?ca=/no/such/file", "a@b.example", {"PORTAL_SMTP_URL"}),
    ("smtp://mail.example.com?tls=off", "a@b.example", {"PORTAL_SMTP_URL"}),
    ("smtp://mail.example.com", "", {"PORTAL_MAIL_FROM"}), ("smtp://mail.example.com", "portal", {"PORTAL_MAIL_FROM"}),
    ("smtp://mail.example.com", "a@b.example, c@d.example", {"PORTAL_MAIL_FROM"}),
    ("smtp://mail.example.com", "Portal, Inc <a@b.example>", {"PORTAL_MAIL_FROM"}),
    ("smtp://mail.example.com", '"Portal, Inc" <a@b.example>', set()),
])
def test_a_mail_server_that_cannot_be_used_is_said_at_the_start(url: str, sender: str, named: set[str]) -> None:
    said = faults(DEVELOPMENT | {"PORTAL_SMTP_URL": url, "PORTAL_MAIL_FROM": sender})
    assert {fault.partition(":")[0] for fault in said} == named


@pytest.mark.parametrize(("name", "value"), [
    ("PORTAL_SECRET", "short"),
    ("PORTAL_SECRET", "a" * 64),
    ("PORTAL_SECRET_OLD", "short"),
    ("DATABASE_URL", "mysql://localhost/portal"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("REDIS_URL", "http://localhost:6379"),
    ("PORTAL_GATEWAY", "pigeon"),
    ("PORTAL_URL", "login.example.com"),
    ("PORTAL_URL", "https://login.example.com/path"),
    ("PORTAL_URL", "https://somebody:password@login.example.com"),
    ("PORTAL_COUNTRIES", "DE,Austria"),
    ("PORTAL_HOME_COUNTRY", "Germany"),
    ("PORTAL_NAME", "<b>Portal</b>"),
    ("VONAGE_CA_FILE", "/nowhere/ca.pem"),
    ("VONAGE_SENDER", "A sender that is too long"),
    ("VONAGE_API_HOST", "https://api.nexmo.com"),
    ("PORTAL_PROXIES", "-1"),
    ("PORT", "70000"),
])
@pytest.mark.parametrize("sound", [DEVELOPMENT, PRODUCTION])
def test_what_can_never_work_is_refused_everywhere(name: str, value: str, sound: dict[str, str]) -> None:
    assert [fault for fault in faults(sound | {name: value}) if name in fault.partition(":")[0]]


@pytest.mark.parametrize(("name", "value"), [
    ("PORTAL_URL", "http://login.example.com"),
    ("PORTAL_URL", ""),
    ("PORTAL_GATEWAY", "inbox"),
    ("PORTAL_HOME_COUNTRY", ""),
    ("PORTAL_HASH_MEMORY_KIB", "8192"),
    ("PORTAL_CODE_LIFETIME", "30"),
    ("PORTAL_RESEND_PAUSE", "1"),
    ("PORTAL_SIGN_IN_LIFETIME", "5"),
    ("PORTAL_SIGN_IN_LIFETIME", "86400"),
    ("PORTAL_SESSION_IDLE", "99999999"),
    ("PORTAL_LIMIT_PASSWORD_PER_IDENTIFIER", "1000000"),
    ("PORTAL_LIMIT_WRONG_CODES_PER_USER", "1000000"),
])
def test_what_is_unsafe_is_refused_in_production(name: str, value: str) -> None:
    said = faults(PRODUCTION | {name: value})
    assert len(said) == 1
    assert said[0].startswith(f"{name}:")


@pytest.mark.parametrize(("name", "value"), [
    ("PORTAL_CODE_LIFETIME", "1"), ("PORTAL_RESEND_PAUSE", "1"), ("PORTAL_SIGN_IN_LIFETIME", "1"), ("PORTAL_SESSION_IDLE", "1"),
    ("PORTAL_LIMIT_PASSWORD_PER_ADDRESS", "1000000000"), ("PORTAL_HASH_MEMORY_KIB", "8192"),
])
def test_development_accepts_any_time_and_any_limit(name: str, value: str) -> None:
    assert faults(DEVELOPMENT | {name: value}) == []


@pytest.mark.parametrize(("given", "refused"), [
    ({"VONAGE_API_SECRET": ""}, True),
    ({"VONAGE_API_KEY": "", "VONAGE_API_SECRET": ""}, True),
    ({"VONAGE_APPLICATION_ID": "an-id"}, True),
    ({"VONAGE_APPLICATION_ID": "an-id", "VONAGE_PRIVATE_KEY": PRIVATE_KEY}, False),
    ({"VONAGE_APPLICATION_ID": "an-id", "VONAGE_PRIVATE_KEY": "/nowhere/private.key"}, True),
])
def test_vonage_needs_whole_credentials(given: dict[str, str], *, refused: bool) -> None:
    assert bool([fault for fault in faults(PRODUCTION | given) if fault.startswith("VONAGE_")]) is refused


def test_a_private_key_is_read_from_a_file(tmp_path: Path) -> None:
    key = tmp_path / "mounted-secret"
    key.write_text(PRIVATE_KEY)
    given = {"VONAGE_APPLICATION_ID": "an-id", "VONAGE_PRIVATE_KEY": str(key)}
    assert load(PRODUCTION | given).vonage_private_key == key.read_text()


def test_an_empty_variable_counts_as_not_set() -> None:
    names = [config.variable(field) for field in dataclasses.fields(config.Settings)]
    assert load(dict.fromkeys(names, "") | DEVELOPMENT) == load(DEVELOPMENT)


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_every_usual_spelling_of_a_postgresql_address_works(spelling: str) -> None:
    assert load(DEVELOPMENT | {"DATABASE_URL": f"{spelling}://a:b@db/portal"}).database_url == "postgresql+psycopg://a:b@db/portal"


def test_texts_go_to_the_home_country_alone_unless_more_are_named() -> None:
    assert load(PRODUCTION).countries == ("DE",)
    assert load(PRODUCTION | {"PORTAL_COUNTRIES": "at, de,ch"}).countries == ("DE", "AT", "CH")
    assert load(DEVELOPMENT).countries == ()


@pytest.mark.parametrize("command", ["flask --app wsgi db upgrade", "gunicorn --config gunicorn.conf.py wsgi:app"])
def test_a_refused_start_says_why_without_a_traceback(command: str) -> None:
    environment = {"PATH": os.environ["PATH"], "PORT": "eighty"} | DEVELOPMENT
    started = [sys.executable, "-m", *command.split()]
    done = subprocess.run(started, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "PORT: Not a valid integer." in done.stderr
    assert "Traceback" not in done.stderr


def test_no_secret_shows_when_settings_are_printed() -> None:
    shown = repr(load(PRODUCTION | {"PORTAL_SECRET_OLD": "before-" + SECRET, "DATABASE_URL": "postgresql://a:pass-w0rd@db/portal"}))
    assert not [secret for secret in (SECRET, "a-secret", "pass-w0rd") if secret in shown]


def test_the_documentation_lists_every_setting() -> None:
    assert settings_table.PATH.read_text(encoding="utf-8") == settings_table.table()
    assert all(f"| `{config.variable(field)}` |" in settings_table.table() for field in dataclasses.fields(config.Settings))
