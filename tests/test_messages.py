"""Do the texts say what they must within the segments they may take, and are the wrong numbers refused?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages import text as words
from portal.messages.guard import NumberRefusal, refusal
from portal.messages.guard.rules import Rules, in_force
from portal.messages.segments import segments
from portal.messages.text import compose
from tests.conftest import settings

LONG_HOST = "sign-in.identity.department.example-company.co.uk"


def written(*, code: str = "482913", application: str = "Portal", seconds: int = 300, host: str = "login.example.com",
            locale: str = "en") -> str:
    return compose(code, application=application, seconds=seconds, host=host, locale=locale)


def rules(**environment: str) -> Rules:
    """The rules as shipped, under that environment."""
    return in_force(Rules(), settings(**environment))


def test_the_english_text_in_full() -> None:
    assert written() == (
        "482913 is your Portal code. It works for 5 minutes. Never share it with anyone.\n@login.example.com #482913"
    )


def test_the_chinese_text_in_full() -> None:
    assert written(locale="zh_Hans_CN") == (
        "482913 是您的 Portal 验证码，5 分钟内有效。请勿告诉任何人。\n@login.example.com #482913"
    )


@pytest.mark.parametrize(("locale", "most"), [("en", 1), ("zh", 2)])
@pytest.mark.parametrize("application", ["Portal", "Café Zürich", "人事系统", "Größe [x]", "A" * 80, "Ж" * 40, "", "🙂"])
@pytest.mark.parametrize("host", ["login.example.com", LONG_HOST])
@pytest.mark.parametrize("code", ["482913", "4829134829"])
def test_no_text_takes_more_segments_than_its_language_may(
    locale: str, most: int, application: str, host: str, code: str,
) -> None:
    text = written(application=application, locale=locale, host=host, code=code, seconds=600)

    assert segments(text) <= most
    assert text.startswith(code)
    assert text.endswith(f"\n@{host} #{code}")


@pytest.mark.parametrize("application", ["人事系统", "Łódź", "A" * 80])
def test_a_name_that_would_cost_a_segment_is_left_out(application: str) -> None:
    assert written(application=application).startswith("482913 is your code.")


def test_a_chinese_text_names_a_chinese_application() -> None:
    assert "人事系统" in written(application="人事系统", locale="zh-CN")


@given(st.text(max_size=80))
def test_no_name_of_an_application_adds_a_line(name: str) -> None:
    text = written(application=name)

    assert [line for line in text.split("\n") if line.startswith("@")][-1] == "@login.example.com #482913"
    assert text.count("\n") == 1


@pytest.mark.parametrize(("seconds", "said"), [
    (1, "1 minute."), (59, "1 minute."), (119, "1 minute."), (120, "2 minutes."), (299, "4 minutes."), (600, "10 minutes."),
])
def test_the_lifetime_is_rounded_down_but_never_to_nothing(seconds: int, said: str) -> None:
    assert f"It works for {said}" in written(seconds=seconds)


@pytest.mark.parametrize(("text", "parts"), [
    ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("é" * 160, 1), ("ê" * 70, 1),
    ("ê" * 71, 2), ("码" * 134, 2), ("码" * 135, 3), ("🙂" * 35, 1), ("🙂" * 36, 2), ("a" * 152 + "€" + "a" * 10, 2),
    ("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3), ("@#\n", 1),
])
def test_segments_are_counted_as_networks_do(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_a_test_message_names_the_portal_in_both_languages() -> None:
    assert words.test_text(application="Portal", locale="en") == "This is a test message from Portal."
    assert "Portal" in words.test_text(application="Portal", locale="zh-CN")


@pytest.mark.parametrize("phone", ["+4915112345678", "+12025550123", "+8613812345678", "+442079460123"])
def test_ordinary_numbers_are_allowed_everywhere_in_development(phone: str) -> None:
    assert refusal(phone, rules()) is None


@pytest.mark.parametrize(("phone", "why"), [
    ("+499001234567", NumberRefusal.KIND), ("+445612345678", NumberRefusal.KIND), ("+448448123456", NumberRefusal.KIND),
    ("+498001234567", NumberRefusal.KIND), ("+449098123456", NumberRefusal.KIND), ("+979123456789", NumberRefusal.COUNTRY),
    ("+881612345678", NumberRefusal.COUNTRY), ("+49151", NumberRefusal.NOT_VALID), ("nonsense", NumberRefusal.NOT_VALID),
    ("", NumberRefusal.NOT_VALID),
])
def test_numbers_that_earn_money_or_prove_nothing_are_refused(phone: str, why: NumberRefusal) -> None:
    assert refusal(phone, rules()) is why


def test_only_the_countries_that_are_set_are_allowed() -> None:
    chosen = rules(PORTAL_COUNTRIES="DE,AT", PORTAL_HOME_COUNTRY="DE")

    assert refusal("+4915112345678", chosen) is None
    assert refusal("+436641234567", chosen) is None
    assert refusal("+41791234567", chosen) is NumberRefusal.COUNTRY
    assert refusal("+12025550123", chosen) is NumberRefusal.COUNTRY
