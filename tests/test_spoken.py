"""Does a call say its code so that it can be written down, and nothing that a voice would stumble over?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages.spoken import spoken, spoken_test


def said(code: str = "482913", *, application: str = "Portal", locale: str = "en") -> str:
    return spoken(code, application=application, locale=locale)


def test_the_english_words_in_full() -> None:
    assert said() == ("This is Portal. Your code is: 4, 8, 2, 9, 1, 3. Once more: 4, 8, 2, 9, 1, 3. "
                      "Never share it with anyone.")


def test_the_chinese_words_in_full() -> None:
    assert said(locale="zh_Hans_CN") == ("这里是 Portal。您的验证码是：4，8，2，9，1，3。再说一遍：4，8，2，9，1，3。"
                                         "请勿告诉任何人。")


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("code", ["482913", "0000000000", "100001"])
def test_each_digit_is_said_alone_and_all_of_them_twice(locale: str, code: str) -> None:
    assert re.findall(r"\d", said(code, locale=locale)) == [*code, *code]
    assert not re.search(r"\d\d", said(code, locale=locale))


@pytest.mark.parametrize(("name", "heard"), [
    ("Ｐｏｒｔａｌ　７", "Portal 7"), ("Acme Inc.", "Acme Inc"), ("AT&T", "AT T"),
    ("a <break time='9s'/> b", "a break time '9s' b"),
    ("Café Zürich", "Café Zürich"), ("\N{GRINNING FACE} Travel\nDesk", "Travel Desk"), ("sign-in", "sign-in"),
])
def test_a_name_is_said_without_what_no_voice_reads(name: str, heard: str) -> None:
    assert said(application=name).startswith(f"This is {heard}. Your code")


@pytest.mark.parametrize("name", ["人事系统", "Путешествия", "", "…", "\N{GRINNING FACE}"])
def test_a_name_that_an_english_voice_does_not_know_is_left_out(name: str) -> None:
    assert said(application=name).startswith("This is the call that you asked for. Your code is: 4, 8")


def test_a_chinese_voice_names_a_chinese_application() -> None:
    assert said(application="人事系统", locale="zh-CN").startswith("这里是 人事系统。")


@given(st.text(max_size=80), st.sampled_from(["en", "zh"]))
def test_no_name_gives_instructions_to_the_voice(name: str, locale: str) -> None:
    words = said(application=name, locale=locale)

    assert not set("<>&\n\r{}\"") & set(words)
    assert words.count("4，8，2，9，1，3" if locale == "zh" else "4, 8, 2, 9, 1, 3") >= 2


def test_a_test_call_names_the_portal() -> None:
    assert spoken_test(application="Portal", locale="en") == "This is a test call from Portal."
    assert spoken_test(application="人事系统", locale="zh-CN") == "这是一通来自 人事系统 的测试电话。"
    assert spoken_test(application="人事系统", locale="en") == "This is a test call from Portal."
