"""What does a text message say? PURE: words, shipped or an administrator's, and the line that binds the code."""

from __future__ import annotations

from portal.messages.segments import segments
from portal.messages.wording import MOST_SEGMENTS, SHIPPED, filled, minutes, whole

UNNAMED = {
    "en": "{code} is your code. It works for {minutes}. Never share it with anyone.",
    "zh": "{code} 是您的验证码，{minutes}内有效。请勿告诉任何人。",
}
TEST = {
    "en": "This is a test message from {application}.",
    "zh": "这是一条来自 {application} 的测试短信。",
}


def compose(  # noqa: PLR0913 - one argument for each thing that its writer alone knows
    code: str, *, application: str, seconds: int, host: str, locale: str, body: str | None = None,
) -> str:
    """The text that carries `code`, good for `seconds` more, in the language of `locale`: with the words `body`, or as shipped.

    In the shipped ones the name of the application is left out where it would cost a segment: one letter outside GSM-7
    doubles the price of a message. Words of an administrator are as `wording.chosen` found them fit.
    """
    language = language_of(locale)
    named, bare = (
        whole(filled(words, code=code, application=application, life=minutes(seconds, language)), code=code, host=host)
        for words in (body or SHIPPED[language], UNNAMED[language]))
    return named if body or segments(named) <= MOST_SEGMENTS[language] else bare


def test_text(*, application: str, locale: str) -> str:
    """The text of a message that only shows that the gateway works."""
    return TEST[language_of(locale)].format(application=" ".join(application.split()))


def language_of(locale: str) -> str:
    """The language, `en` or `zh`, in which a person with this locale is written to."""
    return "zh" if locale.lower().startswith("zh") else "en"
