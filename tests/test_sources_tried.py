"""Does a try of an identity source show each step, and let nobody in?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests import outside, people, sourcing
from tests.comings import knows, linked, writes
from tests.directory import SEARCHER_PASSWORD, Directory, person
from tests.directory import SECRET as THEIRS
from tests.people import Later, MakeUser, events, rows
from tests.provider import SECRET, Provider
from tests.sourcing import ADD, LIST, NEW
from tests.visitor import Visitor

boss, acme, other = sourcing.boss, sourcing.acme, sourcing.other
provider, later = outside.provider, people.later


def test_a_try_shows_each_step_and_lets_nobody_in(app: Flask, boss: Visitor, acme: str, provider: Provider) -> None:
    writes(app, enabled=False)
    provider.claims = {"groups": ["staff", "<b>bold</b>"]}
    tries(boss, acme, provider)
    assert boss.sees("The source works. Nobody was logged in, and nobody was linked.", "The signature is right",
                     "li.na@example.com", '["staff", "<b>bold</b>"]',
                     "Nobody yet. They log in once with a password and link it then.")
    assert boss.page.heading == "What Acme said"
    assert linked(app) == []
    assert len(rows(app, "SELECT id FROM sign_in")) == 1
    assert ("source tried", "begun") in events(app)
    boss.submits("Turn on")
    assert boss.sees("On. The login page offers it.")


def test_a_try_says_whom_it_would_let_in(
    app: Flask, boss: Visitor, acme: str, provider: Provider, make_user: MakeUser,
) -> None:
    knows(app, make_user(username="li.na"))
    tries(boss, acme, provider)
    assert boss.clicks("li.na").path.startswith("/admin/users/")


def test_a_try_that_fails_says_at_which_step(boss: Visitor, acme: str, provider: Provider) -> None:
    provider.claims = {"aud": "somebody-else"}
    tries(boss, acme, provider)
    assert boss.sees("The source told of nobody; the last step says why.", "The token is for this portal, and fresh", "audience")
    boss.does_not_see(SECRET)


def test_a_try_is_for_whoever_began_it(boss: Visitor, acme: str, provider: Provider, other: Visitor, later: Later) -> None:
    tries(boss, acme, provider)
    assert other.opens(boss.path).status == 404
    assert boss.opens(boss.path).status == 200
    later(601)
    assert boss.opens(boss.path).status == 404


def tries(boss: Visitor, acme: str, provider: Provider) -> Visitor:
    """The whole round trip from the source's own page."""
    boss.opens(acme).clicks("Try it")
    link = next(node.get("href") for node in boss.page.root.all("a") if node.words() == "Go to Acme")
    answer = boss.sends("GET", link)
    assert answer.status == 303, answer.text
    return boss.opens(f"/login/with/acme/callback?{urlencode(provider.says_yes(answer.header('Location')))}")


@pytest.fixture
def directory() -> Iterator[Directory]:
    pytest.importorskip("ldap", reason="python-ldap is not installed")
    served = Directory(person("li.na", cn="Li Na", mobile="+49 151 12345678"))
    served.start()
    yield served
    served.end()


def test_a_directory_is_tried_with_somebody_in_it(app: Flask, boss: Visitor, directory: Directory) -> None:
    told = directory.settings()
    boss.opens(f"{NEW}/ldap").fills(
        servers="\n".join(told["servers"]), ca=told["ca"], base_dn=told["base_dn"], filter=told["filter"],
        bind_dn=told["bind_dn"], secret=SEARCHER_PASSWORD, take_phone=True).submits(ADD)
    assert boss.sees("The source is added", "ldap:ldap")
    boss.clicks("Try it")
    boss.fills(identifier="li.na", password=THEIRS).submits("Try it")
    assert boss.sees("The source works.", "The search for the entry", "Li Na", "+4915112345678", "Nobody yet.")
    assert boss.opens(f"{LIST}/3/try").fills(identifier="li.na", password="none of theirs").submits("Try it").status == 200
    assert boss.sees("The source told of nobody; the last step says why.")
    boss.does_not_see("none of theirs", THEIRS, SEARCHER_PASSWORD)
    assert boss.sees("refused")
    boss.about[1] = ("Accept-Language", "zh-CN")
    assert boss.posts(f"{LIST}/3/try", identifier="li.na", password="none of theirs").sees("被拒绝")
    boss.about[1] = ("Accept-Language", "en")
    assert boss.opens(f"{LIST}/3/try").fills(identifier="", password="").submits("Try it").status == 422
    assert [each for each in events(app) if each[0] == "source tried"] == [
        ("source tried", "ok"), ("source tried", "refused"), ("source tried", "refused")]
    assert rows(app, "SELECT id FROM identity") == []
