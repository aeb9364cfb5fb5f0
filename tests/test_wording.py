"""Are the words that an administrator may give a text held to what keeps it safe, cheap and filled in by phones?"""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from portal.messages import wording
from portal.messages.segments import Encoding, measure, segments
from portal.messages.text import compose
from portal.messages.wording import LANGUAGES, LIMIT, PORTAL, SHIPPED, Chosen, Flaw, Frame, chosen, faults, neat, size

GOOD = "{code} opens {application} for {minutes}."
LONG_HOST = "sign-in.identity.department.example-company.co.uk"


def frame(language: str = "en", *, host: str = "login.example.com", portal: str = "Portal", digits: int = 6) -> Frame:
    return Frame(language=language, host=host, portal=portal, digits=digits)


def flaws(body: str, name: str = "Portal", **about: object) -> set[Flaw]:
    return {fault.flaw for fault in faults(body, frame(**about), name)}  # type: ignore[arg-type]


def text(words: Chosen, code: str = "482913", *, language: str = "en", host: str = "login.example.com",
         seconds: int = 300) -> str:
    return compose(code, application=words.name, seconds=seconds, host=host, locale=language, body=words.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_words_would_be_taken(language: str) -> None:
    assert flaws(SHIPPED[language], language=language) == set()


@pytest.mark.parametrize("body", [
    GOOD, "{code}", "Code: {code}", "Your code:{code}", "【人事】验证码{code}，{minutes}内有效。请勿告诉任何人。",
    "{code}: e.g. at 9 a.m. or 24/7", "{code} for U.S. staff, z.B. here. It works for {minutes}.", "SMS: {code}",
    "验证码{code}。{application}祝您愉快", "{code}。{minutes}内有效", "{code}请在3.5小时内输入",
    "{code} costs 3.50 €, up to 100 %", "让·雅克的验证码 {code}", "{code} is #1", "{code}, {minutes}", "{code}. 2 of 3",
    "用 {code} 登录 {application}。如非本人操作，请忽略。", "{code} – wait... then {application}", "{code}\n\nis it",
])
def test_ordinary_words_are_taken(body: str) -> None:
    assert flaws(neat(body)) == set()


@pytest.mark.parametrize(("body", "flaw"), [
    ("It works for {minutes}.", Flaw.NO_CODE), ("", Flaw.NO_CODE), ("｛code｝", Flaw.NO_CODE), ("{code} {code}", Flaw.CODE_TWICE),
    ("{code} {host}", Flaw.PLACEHOLDER), ("{code} {Code}", Flaw.PLACEHOLDER), ("{code} {0.__class__}", Flaw.PLACEHOLDER),
    ("{{code}}", Flaw.PLACEHOLDER), ("{code} {", Flaw.PLACEHOLDER), ("{code} }", Flaw.PLACEHOLDER),
    ("{code} {}", Flaw.PLACEHOLDER), ("1{code}", Flaw.CODE_TOUCHED), ("{code}7", Flaw.CODE_TOUCHED),
    ("12 {code}", Flaw.CODE_TOUCHED), ("{code} - 12", Flaw.CODE_TOUCHED), ("{code}.5", Flaw.CODE_TOUCHED),
    ("{code}—3", Flaw.CODE_TOUCHED), ("#1 {code}", Flaw.CODE_TOUCHED),
    ("A{code}", Flaw.CODE_TOUCHED), ("{code}{minutes}", Flaw.CODE_TOUCHED), ("{code} {minutes}", Flaw.CODE_TOUCHED),
    ("③{code}", Flaw.CODE_TOUCHED), ("G-{code}", Flaw.CODE_TOUCHED), ("{application}{code}", Flaw.CODE_TOUCHED),
    ("{code} is not 1234", Flaw.NUMBER), ("{code} not 12-34", Flaw.NUMBER), ("{code} nor １２３４", Flaw.NUMBER),
    ("{code} nor ١٢٣٤", Flaw.NUMBER), ("{code} nor ①②③④", Flaw.NUMBER), ("{code}. Call +49 30 1234567", Flaw.NUMBER),
    ("{code} is good for 20{minutes}", Flaw.NUMBER), ("{code} nor 1 2 3 4", Flaw.NUMBER), ("{code} nor 𝟏𝟐𝟑𝟒", Flaw.NUMBER),
    ("{code} \u202egnol", Flaw.UNSEEN), ("{code} a\u200bb", Flaw.UNSEEN), ("{code} \u2066x\u2069", Flaw.UNSEEN),
    ("{code} \x07", Flaw.UNSEEN), ("{code} \u00ad", Flaw.UNSEEN), ("{code} \u3164", Flaw.UNSEEN), ("{code} \ufeff", Flaw.UNSEEN),
    ("{code} \u2800", Flaw.UNSEEN), ("{code} \ue000", Flaw.UNSEEN), ("{code} \U000e0041", Flaw.UNSEEN),
    ("{code} \u034f", Flaw.UNSEEN),
])
def test_what_would_mislead_a_person_or_a_phone_is_refused(body: str, flaw: Flaw) -> None:
    assert flaw in flaws(neat(body))


@pytest.mark.parametrize("address", [
    "https://evil.example/", "HTTP://evil", "hxxp://evil", "evil.example", "Evil.Example", "www.evil", "evil.com/x", "t.me/x",
    "//evil", "evil．com", "evil。com", "evil｡com", "evil․com", "evil﹒com", "evil︒com", "ｅｖｉｌ．ｃｏｍ",
    "ⓔⓥⓘⓛ.com", "evil·com", "evilꓸcom",
    "例子.中国", "例子。中国", "例子。com", "имя.рф", "xn--80ak6aa92e.com", "xn--80ak6aa92e", "192.0.2.1", "help@evil",
    "उदाहरण.भारत", "请看www.evil", "请看http:evil", "请拨打tel:+49", "请看192.0.2.1号", "请看xn--80ak",
    "{application}。com", "请看evil。com",
    "help＠evil", "help﹫evil", "@login", "tel:+49", "mailto:x", "sms:evil", "javascript:x", "weixin://dl", "\\\\evil\\x", ".com",
    "{application}.com", "evil.{application}", "www.{application}", "{application}@evil",
    "evil\u200b.com", "e\u00advil.com", "evil.\u2060com",
])
def test_an_address_is_refused_however_it_is_spelled(address: str) -> None:
    assert {Flaw.LINK} <= flaws(neat(f"{{code}} at {address} now")), address


def test_a_refusal_shows_what_it_is_about() -> None:
    found = {fault.flaw: fault.at for fault in faults("{code} {name} at evil.com, \u202e nor 123456", frame(), "Portal")}
    assert found == {Flaw.PLACEHOLDER: "{name}", Flaw.LINK: "evil.com,", Flaw.UNSEEN: "U+202E", Flaw.NUMBER: "123456"}
    assert faults("{code} at {application}.com", frame(), "Portal")[0].at == "{application}.com"


@pytest.mark.parametrize(("body", "language", "segments_taken"), [
    ("{code} " + "a" * 400, "en", 3), ("{code} " + "码" * 160, "zh", 3), ("{code} ê" + "a" * 120, "en", 3),
])
def test_words_may_take_up_to_three_segments_and_no_more(body: str, language: str, segments_taken: int) -> None:
    assert size(body, frame(language), "Portal").segments == segments_taken == LIMIT
    assert flaws(body, language=language) == set()
    assert flaws(f"{body} {'a' * 80}", language=language) == {Flaw.TOO_LONG}


def test_length_is_that_of_the_longest_code_life_and_name() -> None:
    body = "{code} for {application} {minutes} " + "a" * 99
    assert size(body, frame(digits=6), "Portal").segments == 1
    assert size(body, frame(digits=10), "Portal").segments == 2
    assert size(body, frame(digits=6), "人事").encoding is Encoding.UCS2
    assert flaws(body, name="人" * 80) == {Flaw.TOO_LONG}
    assert flaws(body, name="A" * 80) == set()


def test_the_letters_that_make_a_text_dear_are_named() -> None:
    assert measure("Größe ê – ê ’ 人").dear == ("ê", "–", "’", "人")
    assert measure("Größe €").dear == ()
    assert neat("cafe\u0301") == "café"
    assert measure(neat("cafe\u0301")).encoding is Encoding.GSM7


WORDINGS = {(PORTAL, "en"): "Portal's: {code}", ("7", "en"): "{application}'s own: {code}"}


def test_an_application_s_own_words_come_before_the_portal_s_and_these_before_the_shipped_ones() -> None:
    assert chosen(WORDINGS, frame(), 7, "CRM") == Chosen("{application}'s own: {code}", "7", "CRM")
    assert chosen(WORDINGS, frame(), 8, "CRM") == Chosen("Portal's: {code}", PORTAL, "CRM")
    assert chosen(WORDINGS, frame(), None, "Portal") == Chosen("Portal's: {code}", PORTAL, "Portal")
    assert chosen(WORDINGS, frame("zh"), 7, "CRM") is None


def test_words_that_no_longer_fit_are_passed_over() -> None:
    tight = {(PORTAL, "en"): "{code} " + "a" * 420, ("7", "en"): "{code} in {application}, " + "b" * 400}
    assert chosen(tight, frame(), 7, "CRM") == Chosen(tight["7", "en"], "7", "CRM")
    assert chosen(tight, frame(), 7, "A longer name than it had when the words were written") == Chosen(
        tight[PORTAL, "en"], PORTAL, "A longer name than it had when the words were written")
    assert chosen(tight, frame(host=LONG_HOST), 7, "CRM") is None


@pytest.mark.parametrize(("name", "called"), [
    ("CRM", "CRM"), ("人事系统", "Portal"), ("A" * 80, "A" * 80), ("Room 12", "Portal"), ("B" * 80 + "Łódź", "Portal"),
])
def test_in_the_portal_s_words_a_name_that_costs_a_segment_or_touches_the_code_gives_way_to_the_portal_s(
    name: str, called: str,
) -> None:
    words = chosen({(PORTAL, "en"): "{application} {code}" + " wait" * 9}, frame(), 9, name)
    assert words
    assert words.name == called


def test_a_name_is_written_as_it_is_whatever_braces_it_has() -> None:
    words = Chosen("{code} for {application}", PORTAL, "{minutes} {code}")
    assert text(words) == "482913 for {minutes} {code}\n@login.example.com #482913"


PARTS = ["{code}", "{application}", "{minutes}", " ", ". ", "。", "，", "{", "}", "@", ".", "12", "evil"]
pieces = st.one_of(st.sampled_from(PARTS), st.text(max_size=12),
                   st.text(st.characters(categories=["L", "P", "Zs"]), max_size=40))


@given(pieces=st.lists(pieces, max_size=12), name=st.text(max_size=80), code=st.text("0123456789", min_size=6, max_size=10),
       language=st.sampled_from(LANGUAGES), host=st.sampled_from(["login.example.com", "localhost", LONG_HOST]),
       seconds=st.integers(1, 610), own=st.booleans())
@example(pieces=["{code} "], name="\u2028x", code="000000", language="en", host="localhost", seconds=1, own=True)
def test_whatever_words_are_taken_the_code_is_there_twice_and_the_last_line_binds_it(  # noqa: PLR0917 - by Hypothesis
    pieces: list[str], name: str, code: str, language: str, host: str, seconds: int, own: bool,
) -> None:
    body, around = neat("".join(["{code} ", *pieces])), frame(language, host=host, digits=len(code))
    words = chosen({("7" if own else PORTAL, language): body}, around, 7, name)
    if words is None:
        # Nothing is passed over without a reason.
        assert faults(body, around, name if own else "Portal")
        return
    assume(code not in name)
    written = text(words, code, language=language, host=host, seconds=seconds)
    assert written.splitlines()[-1] == f"@{host} #{code}"
    assert len(written.splitlines()) == 2
    assert written.count(code) == 2
    assert segments(written) <= LIMIT
    assert not faults(body, around, words.name)


@given(body=st.text(max_size=700), name=st.text(max_size=80))
def test_any_words_at_all_are_judged(body: str, name: str) -> None:
    assert wording.faults(body, frame(), name) or body.count("{code}") == 1
