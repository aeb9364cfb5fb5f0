"""Does somebody come in by an outside source, and only they, while it is offered?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from tests import coming_outside, outside, people
from tests.comings import comes_by, leaves, linked, offers, returns, writes
from tests.conftest import PASSWORD
from tests.people import PHONE, Later, MakeUser, MakeVisitor, add_application, does, events, is_home, is_outside, leads_to, rows
from tests.provider import Provider
from tests.visitor import Visitor

acme, li_na = coming_outside.acme, coming_outside.li_na
provider, nothing_rests, later = outside.provider, outside.nothing_rests, people.later


def hides(app: Flask, *keys: str, application: str = "Wiki") -> None:
    from portal.database import writing
    from portal.models import Application

    with app.app_context(), writing() as connection:
        connection.execute(update(Application).where(Application.name == application).values(hidden_sources=list(keys)))


def test_the_login_page_leads_to_each_source(acme: Provider, visitor: Visitor) -> None:
    visitor.opens("/login?next=/settings/mfa")
    link = next(node for node in visitor.page.root.all("a") if node.words() == "Continue with Acme")
    assert link.get("href") == "/login/with/acme?next=/settings/mfa"


def test_a_linked_person_comes_in_with_a_code(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    assert leads_to(comes_by(visitor, acme, query="?next=/login/again"), "/login/code")
    assert leads_to(visitor.enters_code(PHONE), "/go-on")
    assert is_home(visitor.opens("/"), "li.na")
    (row,) = rows(app, "SELECT source, methods FROM sign_in")
    assert row.source == "oidc:acme"
    assert "pwd" not in row.methods
    assert '"sms"' in row.methods
    assert ("first factor passed", "ok") in events(app, user_id=li_na)
    assert rows(app, "SELECT used_at FROM identity")[0].used_at


@pytest.mark.parametrize("switch", [("--global", "off"), ("--source", "oidc:acme", "off")])
def test_no_code_is_asked_where_a_switch_says_so(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor, switch: tuple[str, ...],
) -> None:
    does(app, "mfa", *switch)
    assert is_home(comes_by(visitor, acme), "li.na")


def test_another_source_s_switch_spares_nobody_here(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    does(app, "mfa", "--source", "password", "off")
    assert leads_to(comes_by(visitor, acme), "/login/code")


@pytest.mark.usefixtures("li_na")
@pytest.mark.parametrize(("methods", "step"), [(["pwd", "mfa"], "/"), (["pwd"], "/login/code"), (None, "/login/code")])
def test_a_trusted_source_vouches_for_a_second_factor(
    app: Flask, acme: Provider, visitor: Visitor, methods: list[str] | None, step: str,
) -> None:
    trusts(app)
    acme.claims = {"amr": methods}
    assert leads_to(comes_by(visitor, acme), step)


def test_the_word_of_a_source_that_is_not_trusted_counts_for_nothing(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor,
) -> None:
    acme.claims = {"amr": ["pwd", "mfa"]}
    assert leads_to(comes_by(visitor, acme), "/login/code")


def test_whoever_is_inside_by_a_source_s_word_is_asked_when_it_is_trusted_no_more(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor,
) -> None:
    trusts(app)
    acme.claims = {"amr": ["mfa"]}
    assert is_home(comes_by(visitor, acme), "li.na")
    trusts(app, "off")
    assert leads_to(visitor.opens("/"), "/login/code")


def trusts(app: Flask, value: str = "on") -> None:
    from portal.database import writing
    from portal.models import Switch

    row = {"scope": "portal", "name": "trust:oidc:acme", "value": value, "changed_at": 0, "changed_by": "test"}
    with app.app_context(), writing() as connection:
        connection.execute(delete(Switch).where(Switch.name == row["name"]))
        connection.execute(insert(Switch).values(row))


def test_someone_nobody_is_linked_with_is_asked_who_they_are(app: Flask, acme: Provider, visitor: Visitor) -> None:
    assert leads_to(comes_by(visitor, acme), "/login/arrived")
    assert visitor.sees("Who are you here?", "Nobody here is linked with this account of Acme yet", "li.na")
    assert ("first factor refused", "not linked") in events(app)
    assert rows(app, 'SELECT id FROM "user"') == []
    assert is_outside(visitor)


def test_an_answer_counts_once(acme: Provider, li_na: int, visitor: Visitor, another_visitor: MakeVisitor) -> None:
    comes_by(visitor, acme)
    leaving = leaves(another_visitor())
    other = returns(another_visitor(address="192.0.2.7"), acme, leaving)
    assert other.status == 400
    assert other.sees("was begun in another browser")
    assert is_outside(other)


def test_the_same_answer_twice_opens_nothing(acme: Provider, li_na: int, visitor: Visitor) -> None:
    from urllib.parse import urlencode

    answer = urlencode(acme.says_yes(leaves(visitor)))
    seed = dict(visitor.cookies)
    assert leads_to(visitor.opens(f"/login/with/acme/callback?{answer}"), "/login/code")
    visitor.cookies = seed
    assert visitor.opens(f"/login/with/acme/callback?{answer}").status == 400
    assert is_outside(visitor)


def test_an_answer_for_another_source_counts_for_none(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    offers(app, "evil", issuer=acme.url)
    leaving = leaves(visitor, "acme")
    assert returns(visitor, acme, leaving, "evil").status == 400
    assert returns(visitor, acme, leaving, "acme").status == 400


@pytest.mark.parametrize("lie", [{"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "somebody"}])
def test_an_answer_that_cannot_be_believed_is_said_plainly(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor, lie: dict[str, str],
) -> None:
    acme.claims = lie
    assert comes_by(visitor, acme).status == 502
    assert visitor.sees("Log in to", "can’t be accepted")
    assert ("first factor refused", "source") in events(app)
    assert is_outside(visitor)


def test_cancelling_there_leads_back_to_the_login_page(acme: Provider, visitor: Visitor) -> None:
    from tests.provider import parameters

    state = parameters(leaves(visitor))["state"]
    assert visitor.opens(f"/login/with/acme/callback?error=access_denied&state={state}").status == 403
    assert visitor.sees("or you cancelled there")


def test_a_silent_source_is_said_to_be_silent(app: Flask, visitor: Visitor) -> None:
    offers(app, "acme", issuer="http://127.0.0.1:9")
    visitor.opens("/login/with/acme")
    assert visitor.status == 503
    assert visitor.sees("Acme doesn’t answer at the moment")
    assert people.retry_after(visitor) > 0


@pytest.mark.parametrize("path", ["/login/with/nobody", "/login/with/nobody/callback?state=x&code=y", "/login/with/password"])
def test_a_source_that_is_none_has_no_page(acme: Provider, visitor: Visitor, path: str) -> None:
    assert visitor.opens(path).status == 404


def test_a_source_that_is_disabled_meanwhile_lets_nobody_in(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    leaving = leaves(visitor)
    writes(app, enabled=False)
    assert returns(visitor, acme, leaving).status == 404
    assert visitor.opens("/login/with/acme").status == 404
    visitor.opens("/login").does_not_see("Acme")
    assert is_outside(visitor)


def test_one_that_is_disabled_a_moment_ago_lets_nobody_in_either(
    app: Flask, acme: Provider, li_na: int, visitor: Visitor,
) -> None:
    from portal.database import writing
    from portal.models import IdentitySource

    leaving = leaves(visitor)
    with app.app_context(), writing() as connection:
        connection.execute(update(IdentitySource).values(enabled=IdentitySource.kind == "password"))
    assert returns(visitor, acme, leaving).status == 403
    assert is_outside(visitor)


def test_a_source_that_is_deleted_meanwhile_lets_nobody_in(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    from portal.database import writing
    from portal.models import IdentitySource
    from portal.sources import register

    leaving = leaves(visitor)
    with app.app_context(), writing() as connection:
        connection.execute(delete(IdentitySource).where(IdentitySource.name == "acme"))
    # Whether or not this process has read of it already.
    assert returns(visitor, acme, leaving).status in (400, 404)
    with app.app_context():
        register.forget()
    assert returns(visitor, acme, leaving).status == 404
    assert is_outside(visitor)
    assert linked(app) == []


def test_an_application_hides_a_source(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    add_application(app, "Wiki")
    leaving = leaves(visitor, query="?application=client-wiki")
    hides(app, "oidc:acme")
    visitor.opens("/login?application=client-wiki").does_not_see("Acme")
    assert visitor.opens("/login/with/acme?application=client-wiki").status == 404
    assert returns(visitor, acme, leaving).status == 404
    assert visitor.opens("/login").sees("Continue with Acme")


def test_an_application_hides_the_password(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    add_application(app, "Wiki")
    visitor.opens("/login?application=client-wiki").fills(identifier="li.na", password=PASSWORD)
    hides(app, "password", "scan")
    assert visitor.submits().status == 404
    assert visitor.opens("/login?application=client-wiki").sees("Continue with Acme")
    assert not [form for form in visitor.page.forms if form.find("password")]


def test_where_no_way_is_left_the_login_page_says_so(app: Flask, acme: Provider, visitor: Visitor) -> None:
    add_application(app, "Wiki")
    hides(app, "password", "scan")
    writes(app, enabled=False)
    assert visitor.opens("/login?application=client-wiki").sees("There is no way to log in here at the moment.")


def test_the_preferred_source_leads_and_the_rest_is_folded(app: Flask, acme: Provider, visitor: Visitor) -> None:
    writes(app, preferred=True)
    visitor.opens("/login")
    (rest,) = visitor.page.root.all("details")
    assert "Password" in rest.words()
    assert "Acme" not in rest.words()
    assert not rest.has("open")
    visitor.fills(identifier="nobody", password="wrong").submits()
    assert visitor.page.root.all("details")[0].has("open")


def test_a_suspended_person_stays_outside(app: Flask, acme: Provider, li_na: int, visitor: Visitor) -> None:
    does(app, "user", "suspend", "li.na")
    assert comes_by(visitor, acme).status == 403
    assert visitor.sees("You can’t come in with that account of Acme")
    assert ("first factor refused", "refused") in events(app, user_id=li_na)
    assert is_outside(visitor)


def test_whoever_is_signed_in_is_sent_home(acme: Provider, li_na: int, visitor: Visitor) -> None:
    comes_by(visitor, acme).enters_code(PHONE)
    assert is_home(visitor.opens("/login/with/acme"), "li.na")
    assert is_home(visitor.opens("/login/with/acme/callback?state=old&code=old"), "li.na")


def test_a_round_trip_has_ten_minutes(acme: Provider, li_na: int, visitor: Visitor, later: Later) -> None:
    leaving = leaves(visitor)
    later(601)
    assert returns(visitor, acme, leaving).status == 400


def test_it_reads_chinese(acme: Provider, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    visitor = another_visitor(language="zh")
    visitor.opens("/login").does_not_see("Continue with")
    comes_by(visitor, acme).sees("您在这里是谁？", "这里还没有人关联此Acme账号。")
    make_user(username="li.na", phone=PHONE)
    visitor.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert visitor.sees("关联此账号？")
    assert visitor.submits("关联").sees("已关联。今后您可以用Acme登录。")
    assert visitor.submits("取消关联").sees("已取消关联。")
