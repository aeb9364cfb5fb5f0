"""What is said beside a field of a gateway that an administrator describes?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.messages.gateways.template import Flaw, Wrong
from portal.web.form import Form

_WORDS: dict[Flaw, Any] = {
    Flaw.UNKNOWN: _l("Nothing is known by the name {%(detail)s}. The names are {to}, {to_digits}, {from}, {text}, {id}, {ttl}, "
                     "{secret} and {secret_base64}."),
    Flaw.PLACE: _l("{%(detail)s} can’t stand there."),
    Flaw.BRACE: _l("There is a brace too many, or one that is not closed."),
    Flaw.NO_TEXT: _l("The message itself is missing: write {text} where it belongs."),
    Flaw.NO_NUMBER: _l("The number is missing: write {to} or {to_digits} where it belongs."),
    Flaw.LONG: _l("That is too long."),
    Flaw.METHOD: _l("The method is POST, PUT or GET."),
    Flaw.ADDRESS: _l("That isn’t a whole address. It begins with https://, and has no password and no # in it."),
    Flaw.NOT_CALLED: _l("That address is never called: it belongs to the machine’s own surroundings."),
    Flaw.HEADER: _l("Write a header on each line, such as X-Key: {secret}. Line %(detail)s isn’t one."),
    Flaw.HEADER_OURS: _l("The header %(detail)s is written by the portal itself."),
    Flaw.BODY_TYPE: _l("Choose what the body is."),
    Flaw.BODY: _l("With this method or kind there is no body: leave it empty."),
    Flaw.JSON: _l("That isn’t JSON. Placeholders stand in quotes; only {id}, {ttl} and {to_digits} may do without."),
    Flaw.FORM: _l("Write pairs such as to={to_digits}&text={text}, already encoded; placeholders stand behind the =."),
    Flaw.XML: _l("That isn’t XML. Placeholders stand in texts or quoted values, and there are no comments, CDATA or DOCTYPE."),
    Flaw.TEXT_LAST: _l("In plain text, {text} stands once, at the very end: nothing could say where it ends."),
    Flaw.STATUSES: _l("Write statuses such as 200-299 or 200, 202."),
    Flaw.PATH: _l("Write a path such as messages.0.status: names and numbers with dots between."),
    Flaw.CONDITION: _l("Without a path, say which words the answer contains."),
    Flaw.CA: _l("That isn’t PEM text: it begins with -----BEGIN CERTIFICATE-----."),
    Flaw.MAIL_ADDRESS: _l("Write a mail address such as {to_digits}@sms.example.com: the number stands before the @."),
    Flaw.MAIL_FROM: _l("Write a mail address such as portal@example.com."),
    Flaw.SUBJECT: _l("A subject is one line."),
}


def say(form: Form, prefix: str, wrongs: Iterable[Wrong]) -> bool:
    """Say the first that is wrong with each field, whose name is `prefix` and that of the setting; whether there is anything."""
    said: set[str] = set()
    for wrong in wrongs:
        name = prefix + wrong.setting
        if name not in said:
            form[name].errors = [_WORDS[wrong.flaw] % {"detail": wrong.detail}]
            said.add(name)
    return bool(said)
