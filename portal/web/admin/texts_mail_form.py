"""What does somebody type of a provider that makes texts of mail, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import StringField

from portal.messages.gateways.mail_settings import flaws
from portal.web.admin.texts_flaws import say
from portal.web.form import Form

_TEXTS = ("address", "subject", "body", "from")
_BEGINS = {"address": "{to_digits}@sms.example.com", "body": "{text}"}


class MailFields(Form):
    """The fields of such a gateway; `secret` is none of them. The component `texts_mail_fields` draws them."""

    mail_address = StringField()
    mail_subject = StringField()
    mail_body = StringField()
    mail_from = StringField()


def begin(form: MailFields) -> None:
    """As a new gateway begins."""
    fill(form, _BEGINS)


def fill(form: MailFields, settings: Mapping[str, Any]) -> None:
    """The settings of a gateway as they stand."""
    for name in _TEXTS:
        form[f"mail_{name}"].data = settings.get(name, "")


def settings_of(form: MailFields) -> dict[str, Any]:
    """What was typed, as the settings of a gateway; what was left empty is not there."""
    typed = {name: (form[f"mail_{name}"].data or "").strip() for name in _TEXTS}
    return {name: value for name, value in typed.items() if value}


def refuse(form: MailFields, settings: Mapping[str, Any]) -> bool:
    """Say beside each field what is wrong with these settings of it; whether there is anything."""
    return say(form, "mail_", flaws(settings))
