"""Why was a code asked for, or not? Each rung of the policy's ladder in words, for everybody who looks into a sign-in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.signin.policy import Reason

_WORDS = {
    Reason.STEP_UP: (
        _l("Asked: the application demanded it"),
        _l("The application asked for a fresh proof, and nothing waives that.")),
    Reason.BYPASS: (
        _l("Not asked: one-time bypass"),
        _l("Somebody in charge let this person in once without a code. The bypass is used up by it.")),
    Reason.ADMINISTRATOR: (
        _l("Asked: administrators are always asked"),
        _l("This person has a role in the console, and the switch “Administrators are always asked” is on.")),
    Reason.SMS_OFF: (
        _l("Not asked: SMS verification code is off"),
        _l("The switch “SMS verification code” is off in the rules in force.")),
    Reason.SOURCE_OFF: (
        _l("Not asked: the identity source is off"),
        _l("The switch of the identity source is off in the rules in force.")),
    Reason.SOURCE_VOUCHES: (
        _l("Not asked: the identity source had asked for more than a password"),
        _l("It said that a second factor was given there, and its word is trusted.")),
    Reason.TRUSTED_DEVICE: (
        _l("Not asked: trusted device"),
        _l("The person asked on this browser not to be asked again, and the rules in force allow that.")),
    Reason.RULES: (
        _l("Asked: the rules ask for a code"),
        _l("“SMS verification code” and the switch of the identity source are on in the rules in force; nothing waives them.")),
}


def reason_words(reason: Reason) -> tuple[str, str]:
    """What decided, as a title of a few words that begins with whether a code is asked for, and as a sentence."""
    title, sentence = _WORDS[reason]
    return str(title), str(sentence)
