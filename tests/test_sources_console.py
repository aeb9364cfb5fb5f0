"""Can an administrator add, change and order identity sources, with their secrets kept?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import outside, people, sourcing, test_translations
from tests.comings import comes_by, knows, offers, writes
from tests.conftest import PASSWORD, settings
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, events, leads_to, rows
from tests.provider import CLIENT_ID, SECRET, Provider
from tests.sourcing import ADD, LIST, NEW, SAVE, order, source_id
from tests.test_translations import Reader
from tests.visitor import Visitor

boss, acme, other = sourcing.boss, sourcing.acme, sourcing.other
provider, later, reader = outside.provider, people.later, test_translations.reader


def columns(app: Flask, name: str, what: str) -> object:
    return rows(app, f"SELECT {what} AS it FROM identity_source WHERE name = :name", name=name)[0].it


def adds(boss: Visitor, provider: Provider, **typed: str) -> Visitor:
    """Fill the form of an OpenID Connect provider and send it."""
    given = {"title": "Acme", "name": "acme", "issuer": provider.url, "client_id": CLIENT_ID, "secret": SECRET} | typed
    return boss.opens(f"{NEW}/oidc").fills(**given).submits(ADD)


def details(app: Flask) -> str:
    return " ".join(str(row.detail) for row in rows(app, "SELECT detail FROM audit_entry"))


def test_a_source_is_added_tried_turned_on_and_comes_to_the_login_page(
    app: Flask, boss: Visitor, provider: Provider, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    boss.opens(LIST).sees("No outside source yet")
    boss.clicks(ADD).sees("OpenID Connect", "Microsoft Entra ID", "Active Directory")
    adds(boss, provider)
    assert boss.sees("The source is added and still off.", "oidc:acme", "0 accounts linked")
    assert boss.page.html.count("/login/with/acme/callback\"") == 1
    another_visitor().opens("/login").does_not_see("Continue with Acme")
    boss.submits("Turn on").sees("On. The login page offers it.")
    another_visitor().opens("/login").sees("Continue with Acme")
    assert events(app)[-2:] == [("source added", "ok"), ("source changed", "ok")]


KINDS: list[tuple[str, str, dict[str, str], str]] = [
    ("google", "oidc:google", {"client_id": "a", "secret": "b"}, '"issuer": "https://accounts.google.com"'),
    ("microsoft", "oidc:microsoft", {"client_id": "a", "secret": "b", "tenant": "6F0D7D2E-0000-4a4a-8000-aaaaaaaaaaaa"},
     "6f0d7d2e-0000-4a4a-8000-aaaaaaaaaaaa/v2.0"),
    ("github", "oauth:github", {"client_id": "a", "secret": "b", "base": "https://github.example.com"}, '"base"'),
    ("ldap", "ldap:ldap", {"servers": "ldaps://one.example\nldaps://two.example", "base_dn": "dc=example,dc=com"},
     '"servers": ["ldaps://one.example", "ldaps://two.example"]'),
    ("ad", "ldap:ad", {"servers": "ldaps://one.example", "base_dn": "dc=example,dc=com", "bind_dn": "cn=portal", "secret": "b"},
     '"subject": "objectGUID"'),
]


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider answers."""
    from portal.sources.faults import Fault, SourceFault
    from portal.sources.oidc import discovery

    def silent(*_source: object, **_how: object) -> None:
        raise SourceFault(Fault.UNREACHABLE)

    monkeypatch.setattr(discovery, "provider", silent)


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_each_kind_is_asked_for_what_it_needs(app: Flask, boss: Visitor, kind: tuple[str, str, dict[str, str], str]) -> None:
    preset, key, typed, kept = kind
    boss.opens(f"{NEW}/{preset}").fills(**typed).submits(ADD)
    assert boss.sees("The source is added", key)
    assert kept in str(rows(app, "SELECT settings FROM identity_source WHERE id > 2")[0].settings)


@pytest.mark.parametrize(("preset", "typed", "said"), [
    ("oidc", {"title": ""}, "A title has 1 to 80 characters"),
    ("oidc", {"title": "A\u202eB"}, "none that can’t be seen"),
    ("oidc", {"name": "-acme"}, "A key has 1 to 40 characters"),
    ("oidc", {"name": "scan"}, "A key has 1 to 40 characters"),
    ("oidc", {"issuer": "http://login.example.com"}, "begins with https://"),
    ("oidc", {"issuer": "https://login.example.com/?a=b"}, "begins with https://"),
    ("oidc", {"issuer": "https://me@login.example.com"}, "begins with https://"),
    ("oidc", {"client_id": "two words"}, "It has no blanks"),
    ("oidc", {"scopes": "profile"}, "“openid” is one of them"),
    ("oidc", {"email_domains": "example"}, "Write domains as example.com"),
    ("oidc", {"ca": "certificate"}, "-----BEGIN CERTIFICATE-----"),
    ("microsoft", {"tenant": "common", "client_id": "a"}, "directory (tenant) ID"),
    ("github", {"client_id": "a", "secret": ""}, "A secret is needed here"),
    ("github", {"client_id": "a", "secret": "b", "base": "https://github.example.com/path"}, "without a path"),
    ("ldap", {"servers": "ldap://one.example"}, "Write each server as ldaps://host"),
    ("ldap", {"servers": "ldaps://one.example", "starttls": True}, "Write each server as ldaps://host"),
    ("ldap", {"servers": "ldaps://one.example", "filter": "(uid={identifier}))"}, "each bracket is closed"),
    ("ldap", {"servers": "ldaps://one.example", "filter": "(uid=somebody)"}, "A filter contains {identifier}"),
    ("ldap", {"servers": "ldaps://one.example", "base_dn": ""}, "Say where the search begins"),
    ("ldap", {"servers": "ldaps://one.example", "user_dn": "uid=somebody"}, "The DN contains {identifier}"),
    ("ldap", {"servers": "ldaps://one.example", "bind_dn": "cn=portal", "base_dn": "dc=a"}, "A secret is needed here"),
    ("ldap", {"servers": "ldaps://one.example", "attribute_subject": ""}, "this one is needed"),
])
def test_what_cannot_be_taken_is_said_beside_its_field(
    app: Flask, boss: Visitor, preset: str, typed: dict[str, str | bool], said: str,
) -> None:
    whole: dict[str, str | bool] = {"issuer": "https://login.example.com", "client_id": "a"} if preset == "oidc" else {}
    boss.opens(f"{NEW}/{preset}")
    for name, value in (whole | typed).items():
        boss.fills(name, value)
    boss.submits(ADD)
    assert boss.status == 422
    assert boss.sees(said)
    assert boss.page.html.count('aria-invalid="true"') >= 1
    assert order(app) == ["password", "scan"]


def test_a_name_is_given_once(app: Flask, boss: Visitor, acme: str, provider: Provider) -> None:
    assert adds(boss, provider).status == 422
    assert boss.sees("Another source has that key already.")
    assert order(app) == ["password", "scan", "acme"]


def test_a_provider_that_calls_itself_otherwise_is_not_saved(app: Flask, boss: Visitor, provider: Provider) -> None:
    assert adds(boss, provider, issuer=f"{provider.url}/").status == 422
    assert boss.sees("The provider calls itself otherwise", "Copy the issuer exactly")
    assert order(app) == ["password", "scan"]


def test_one_that_is_down_is_saved_all_the_same(app: Flask, boss: Visitor) -> None:
    with Provider() as gone:
        pass
    adds(boss, gone)
    assert boss.sees("The source is added, but its provider doesn’t answer now.")
    assert order(app) == ["password", "scan", "acme"]


def test_a_secret_is_written_and_never_shown(app: Flask, boss: Visitor, provider: Provider, later: Later) -> None:
    later(601)
    adds(boss, provider, secret="the-secret-of-acme")
    assert "the-secret-of-acme" not in str(rows(app, "SELECT held FROM sign_in"))
    boss.fills(password=PASSWORD).submits("Confirm").enters_code(PHONE).submits("Go on")
    assert boss.sees("The source is added", "One is kept, and shown to nobody.")
    boss.does_not_see("the-secret-of-acme")
    assert "the-secret-of-acme" not in f"{details(app)} {columns(app, 'acme', 'secret')!r} {columns(app, 'acme', 'settings')}"
    boss.fills(secret="another-one").submits(SAVE).sees("Saved. It holds at once.")
    assert "'secret': 'replaced'" in details(app) or '"secret": "replaced"' in details(app)
    assert "another-one" not in details(app)
    from portal.sources import secrets

    with app.app_context():
        assert secrets.opened(source_id(app, "acme")) == "another-one"


def test_an_empty_field_keeps_the_secret_but_not_for_another_address(app: Flask, boss: Visitor, acme: str) -> None:
    before = columns(app, "acme", "secret")
    boss.opens(acme).fills(title="Acme Corporation").submits(SAVE).sees("Saved. It holds at once.")
    assert (columns(app, "acme", "secret"), columns(app, "acme", "title")) == (before, "Acme Corporation")
    with Provider() as elsewhere:
        assert boss.fills(issuer=elsewhere.url).submits(SAVE).status == 422
    assert boss.sees("It would go to another address now, so enter it once more.")
    assert elsewhere.url not in str(columns(app, "acme", "settings"))


def test_of_two_who_change_a_source_the_later_is_told(app: Flask, boss: Visitor, acme: str, other: Visitor) -> None:
    boss.opens(acme)
    other.opens(acme).fills(title="Theirs").submits(SAVE)
    boss.fills(title="Mine", email_domains="example.com").submits(SAVE)
    assert boss.status == 409
    assert boss.sees("other changed this source meanwhile", "What holds now:", "Name: Theirs")
    assert columns(app, "acme", "title") == "Theirs"
    boss.submits(SAVE)
    assert columns(app, "acme", "title") == "Mine"


def test_saving_what_is_there_already_writes_nothing(app: Flask, boss: Visitor, acme: str) -> None:
    boss.opens(acme).submits(SAVE).sees("Nothing was changed.")
    assert ("source changed", "ok") not in events(app)


def test_sources_are_put_in_another_order(app: Flask, boss: Visitor, acme: str, both_databases: str) -> None:
    boss.opens(LIST).submits("Up Acme").sees("Moved.")
    assert order(app) == ["password", "acme", "scan"]
    boss.submits("Down Password")
    assert order(app) == ["acme", "password", "scan"]
    boss.posts(f"{acme}/move", way="up").sees("It stands there already.")
    assert order(app) == ["acme", "password", "scan"]


def test_one_source_leads_at_most_and_only_while_it_is_on(
    app: Flask, boss: Visitor, acme: str, provider: Provider, both_databases: str,
) -> None:
    offers(app, "umbrella", issuer=provider.url)
    umbrella = f"{LIST}/{source_id(app, 'umbrella')}"
    boss.opens(acme).submits("Let it lead").sees("It leads on the login page now.")
    boss.opens(umbrella).submits("Let it lead")
    leading = "SELECT name FROM identity_source WHERE preferred"
    assert [row.name for row in rows(app, leading)] == ["umbrella"]
    boss.submits("Turn off").sees("Off. Nobody comes in by it any more.")
    assert rows(app, leading) == []
    boss.posts(f"{umbrella}/prefer", on="on")
    assert boss.status == 409
    assert rows(app, leading) == []


def test_the_password_stays_and_the_scanned_code_can_be_turned_off(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{LIST}/1").posts(f"{LIST}/1/enable", on="off")
    assert columns(app, "password", "enabled")
    boss.opens(f"{LIST}/2").submits("Turn off")
    assert not columns(app, "scan", "enabled")
    for way in ("delete", "try"):
        assert boss.opens(f"{LIST}/1/{way}").status == 404


def test_a_secret_that_cannot_be_read_any_more_is_said(app: Flask, boss: Visitor, acme: str) -> None:
    writes(app, secret_key="another")
    boss.opens("/admin/settings").sees("The secret of Acme can’t be read any more")
    boss.opens(acme).sees("The secret can’t be read any more")
    assert people.command(app, "doctor").stdout.count("no secret can be read for Acme") == 1
    boss.fills(secret=SECRET).submits(SAVE)
    boss.opens("/admin/settings").sees("Outside sources in use: 1.")


def test_a_new_secret_of_the_portal_takes_the_secrets_of_sources_over(app: Flask, acme: str) -> None:
    from portal import create_app
    from portal.sources import secrets

    told = {"DATABASE_URL": app.config["PORTAL"].database_url, "PORTAL_SECRET": "a new secret of the portal, 32 bytes and more"}
    later = create_app(settings(**told, PORTAL_SECRET_OLD=app.config["PORTAL"].portal_secret))
    people.does(later, "cleanup")
    after = create_app(settings(**told))
    with after.app_context():
        assert secrets.opened(source_id(app, "acme")) == SECRET
    with app.app_context(), pytest.raises(secrets.SecretUnreadable):
        secrets.opened(source_id(app, "acme"))


def test_a_source_that_is_asked_without_tls_is_said_in_production(app: Flask, acme: str) -> None:
    from portal.health import findings
    from portal.health.conditions import Condition, Part

    with app.app_context():
        found = findings.of([Part.SOURCES])
        assert found[0].condition is Condition.USABLE
        object.__setattr__(app.config["PORTAL"], "portal_env", "production")
        assert findings.of([Part.SOURCES])[0].condition is Condition.NOT_SECURE


def test_a_linked_person_comes_in_by_what_was_added_here(
    app: Flask, boss: Visitor, provider: Provider, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    adds(boss, provider).submits("Turn on")
    knows(app, make_user(username="li.na", phone=OTHER_PHONE))
    assert leads_to(comes_by(another_visitor(), provider), "/login/code")


def test_all_of_it_is_there_in_chinese(
    app: Flask, reader: Reader, provider: Provider, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = {"ID", "callback", "com", "example", "http", "https", "li", "login", "na", "oidc", "org", "with"}
    monkeypatch.setattr(test_translations, "NAMES", test_translations.NAMES | test_translations.TERMS | typed)
    make_user(username="管理员", phone=PHONE, administrator=True)
    comes_in(reader, "管理员", PHONE)
    offers(app, "12", issuer=provider.url)
    knows(app, make_user(username="李娜", password=None), source="12")
    people.add_application(app, "旅行")
    reader.opens(LIST).sees("身份源", "已关联 1 个账号")
    page = f"{LIST}/{source_id(app, '12')}"
    for path in (page, f"{page}/try", f"{page}/delete", f"{LIST}/2", "/admin/applications/1/advanced", "/admin/users/2/security"):
        reader.opens(path)
    for button in ("信任它", "设为居首", "关闭"):
        reader.opens(page).submits(button)
    reader.opens("/admin/users/2/security").submits("移除 12 li.na")
    assert reader.status == 409
