"""What does a text message say? PURE: the words in each language, and how many segments they take."""

from __future__ import annotations

CODE = {
    "en": "{code} is your {application} code. It works for {minutes}. Never share it with anyone.\n@{host} #{code}",
    "zh": "{code} 是您的 {application} 验证码，{minutes}内有效。请勿告诉任何人。\n@{host} #{code}",
}
CODE_UNNAMED = {
    "en": "{code} is your code. It works for {minutes}. Never share it with anyone.\n@{host} #{code}",
    "zh": "{code} 是您的验证码，{minutes}内有效。请勿告诉任何人。\n@{host} #{code}",
}
TEST = {
    "en": "This is a test message from {application}.",
    "zh": "这是一条来自 {application} 的测试短信。",
}
MINUTES = {"en": ("1 minute", "{} minutes"), "zh": ("1 分钟", "{} 分钟")}
MOST_SEGMENTS = {"en": 1, "zh": 2}

GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Letters of two septets."""
GSM7 = GSM7_EXTENSION.union(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
BEYOND_ONE_UNIT = 0xFFFF


def compose(code: str, *, application: str, seconds: int, host: str, locale: str) -> str:
    """The text that carries `code`, good for `seconds` more, in the language of `locale`.

    The last line binds the code to `host` (WICG "origin-bound one-time codes"): it must begin with `@host`, then one
    space, `#code` and nothing after, not even a line feed. The name of the application is left out where it would cost
    a segment: one letter outside GSM-7 doubles the price of a message.
    """
    language = language_of(locale)
    words = {"code": code, "minutes": _minutes(seconds, language), "host": host}
    named = CODE[language].format(application=" ".join(application.split()), **words)
    return named if segments(named) <= MOST_SEGMENTS[language] else CODE_UNNAMED[language].format(**words)


def test_text(*, application: str, locale: str) -> str:
    """The text of a message that only shows that the gateway works."""
    return TEST[language_of(locale)].format(application=" ".join(application.split()))


def language_of(locale: str) -> str:
    """The language, `en` or `zh`, in which a person with this locale is written to."""
    return "zh" if locale.lower().startswith("zh") else "en"


def segments(text: str) -> int:
    """How many SMS segments `text` takes (3GPP TS 23.038): 160 septets or 153 each, else 70 UTF-16 units or 67 each."""
    if GSM7.issuperset(text):
        return _parts([2 if letter in GSM7_EXTENSION else 1 for letter in text], whole=160, part=153)
    return _parts([2 if ord(letter) > BEYOND_ONE_UNIT else 1 for letter in text], whole=70, part=67)


def _minutes(seconds: int, language: str) -> str:
    """Rounded down, so that nobody is promised time that is not there."""
    one, many = MINUTES[language]
    return one if seconds < 2 * 60 else many.format(seconds // 60)


def _parts(widths: list[int], *, whole: int, part: int) -> int:
    """Fill part after part; a letter of width two is never cut in half."""
    if sum(widths) <= whole:
        return 1
    parts, used = 1, 0
    for width in widths:
        parts, used = (parts, used + width) if used + width <= part else (parts + 1, width)
    return parts
