"""What does a call say? PURE: the words in each language, and a code digit by digit."""

from __future__ import annotations

import unicodedata

from portal.messages.text import language_of

# Who calls is said first: while it is, the gateway finds out whether a machine has answered, and the code is not kept there.
CODE = {
    "en": "This is {application}. Your code is: {digits}. Once more: {digits}. Never share it with anyone.",
    "zh": "这里是 {application}。您的验证码是：{digits}。再说一遍：{digits}。请勿告诉任何人。",
}
CODE_UNNAMED = {
    "en": "This is the call that you asked for. Your code is: {digits}. Once more: {digits}. Never share it with anyone.",
    "zh": "这是您要求的来电。您的验证码是：{digits}。再说一遍：{digits}。请勿告诉任何人。",
}
TEST = {"en": "This is a test call from {application}.", "zh": "这是一通来自 {application} 的测试电话。"}
PAUSE = {"en": ", ", "zh": "，"}
"""A voice rests for a moment at a comma, so that each digit can be written down."""
_SPOKEN = frozenset(" .-'")
_LATIN = "\u024f"
"""The last letter that an English voice may know; a Chinese one reads Latin letters as well."""


def spoken(code: str, *, application: str, locale: str) -> str:
    """The words of a call that tells `code` twice, digit by digit, in the language of `locale`.

    No line binds them to an address: nothing that listens could fill the code in.
    """
    language = language_of(locale)
    name = _sayable(application, language)
    words = CODE[language] if name else CODE_UNNAMED[language]
    return words.format(application=name, digits=PAUSE[language].join(code))


def spoken_test(*, application: str, locale: str) -> str:
    """The words of a call that only shows that the gateway works."""
    language = language_of(locale)
    return TEST[language].format(application=_sayable(application, language) or "Portal")


def _sayable(name: str, language: str) -> str:
    """A name without what no voice reads, and without what a gateway may take for instructions to the voice (`<`, `&`).

    Nothing where it is written in letters that the voice of that language does not know.
    """
    plain = unicodedata.normalize("NFKC", name)
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in _SPOKEN else " " for c in plain)
    said = " ".join(kept.split()).strip("".join(_SPOKEN))
    return said if language == "zh" or all(letter <= _LATIN for letter in said) else ""
