"""What does somebody type of a gateway, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from portal.messages.routing.kinds import CREDENTIALS
from portal.messages.routing.register import Gateway
from portal.messages.routing.wanted import Asked, Flaw
from portal.models import GatewayKind
from portal.web.admin import texts_http_form, texts_mail_form
from portal.web.admin.texts_http_form import HttpFields
from portal.web.admin.texts_mail_form import MailFields
from portal.web.form import Form

HOSTS = {GatewayKind.VONAGE: "api_host", GatewayKind.VONAGE_VOICE: "api_host", GatewayKind.VONAGE_SMS: "rest_host"}
"""Which setting the field `host` is for."""
_PACES = {GatewayKind.VONAGE: 30, GatewayKind.VONAGE_SMS: 30, GatewayKind.VONAGE_VOICE: 3, GatewayKind.HTTP: 10,
          GatewayKind.MAIL: 1}
_MOST_DIGITS = 9
_FORMS = {GatewayKind.HTTP: texts_http_form, GatewayKind.MAIL: texts_mail_form}


class GatewayForm(Form):
    """All that can be set of any kind of gateway, but for what `more` has of those that an administrator describes."""

    title = StringField()
    name = StringField()
    sender = StringField()
    per_second = StringField()
    host = StringField()
    api_key = StringField()
    api_secret = StringField()
    application_id = StringField()
    private_key = StringField()
    signature_secret = StringField()
    secret = StringField()
    forget = BooleanField()

    def __init__(self, kind: GatewayKind, *, blank: bool = False) -> None:
        super().__init__(**({"formdata": None} if blank else {}))
        self.kind = kind
        made = {GatewayKind.HTTP: HttpFields, GatewayKind.MAIL: MailFields}.get(kind)
        self.more: Any = made(**({"formdata": None} if blank else {})) if made else None

    def begin(self, title: str, sender: str) -> None:
        """As a new gateway begins."""
        self.title.data, self.sender.data = title, "" if self.kind is GatewayKind.VONAGE_VOICE else sender
        self.per_second.data = str(_PACES[self.kind])
        if self.more is not None:
            _FORMS[self.kind].begin(self.more)

    def fill(self, gateway: Gateway) -> None:
        """The gateway as it stands, but for its secrets."""
        self.title.data, self.sender.data, self.per_second.data = gateway.title, gateway.sender, str(gateway.per_second)
        if self.kind in HOSTS:
            self.host.data = gateway.settings.get(HOSTS[self.kind], "")
        if self.more is not None:
            _FORMS[self.kind].fill(self.more, gateway.settings)

    def asked(self, before: Mapping[str, Any], *, secrets: bool) -> Asked:
        """What is asked for; `secrets`: whether they are asked for here. Settings of `before` that no field is for stay."""
        pace = self._text("per_second")
        names = CREDENTIALS[self.kind] if secrets else ()
        return Asked(
            kind=self.kind, title=" ".join(self._text("title").split()), name=self._text("name").lower(),
            sender=" ".join(self._text("sender").split()), per_second=_whole(pace),
            settings=self._settings(before), secrets={name: self._text(name) for name in names if self._text(name)},
            forget=bool(self.forget.data) and secrets)

    def _settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        if self.more is not None:
            return dict(_FORMS[self.kind].settings_of(self.more))
        host = {HOSTS[self.kind]: self._text("host")} if self.kind in HOSTS and self._text("host") else {}
        return {name: value for name, value in before.items() if name != HOSTS.get(self.kind)} | host

    def _text(self, name: str) -> str:
        return (self[name].data or "").strip()

    def settings_refused(self, asked: Asked) -> bool:
        """Say beside each field of `more` what is wrong with it; whether there is anything."""
        return self.more is not None and bool(_FORMS[self.kind].refuse(self.more, asked.settings))

    def refuse(self, flaws: Iterable[Flaw]) -> None:
        """Say beside its field what is wrong with it."""
        for flaw in flaws:
            name, words = _WORDS[flaw]
            if flaw in (Flaw.SECRET_ELSEWHERE, Flaw.SECRET_ODD):
                name = "application_id" if self.kind is GatewayKind.VONAGE_VOICE else CREDENTIALS[self.kind][0]
            self[name].errors = [*self[name].errors, words]

    @property
    def wrong(self) -> bool:
        """Whether anything was refused."""
        return bool(any(field.errors for field in self) or (self.more is not None and any(field.errors for field in self.more)))


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else None


_WORDS = {
    Flaw.TITLE: ("title", _l("A title has 1 to 80 characters, and none that can’t be seen.")),
    Flaw.NAME: ("name", _l("A name has 1 to 32 small letters, digits and hyphens, and is not that of a kind, such as “vonage”.")),
    Flaw.TAKEN: ("name", _l("Another gateway has that name already.")),
    Flaw.SENDER: ("sender", _l("A sender is a number such as +4915112345678, or up to 11 letters and digits.")),
    Flaw.SENDER_NUMBER: ("sender", _l("A call comes from a number of your account, such as +4915112345678.")),
    Flaw.RATE: ("per_second", _l("Write a whole number from 1 to 10000.")),
    Flaw.HOST: ("host", _l("Write a host such as api-eu.vonage.com, without https:// and without a path.")),
    Flaw.HOST_ELSEWHERE: ("host", _l("The credentials are the environment’s and go to Vonage alone: to a host that ends in "
                                     ".vonage.com or .nexmo.com. Leave it empty for the environment’s own.")),
    Flaw.PAIR: ("api_key", _l("Key and secret are needed.")),
    Flaw.APPLICATION: ("application_id", _l("The application’s ID and its private key are needed, both.")),
    Flaw.EITHER: ("api_key", _l("Enter key and secret, or the application’s ID and its private key.")),
    Flaw.PRIVATE_KEY: ("private_key", _l("That isn’t a private key that can be read. It begins with -----BEGIN PRIVATE KEY-----, "
                                         "and is not encrypted.")),
    Flaw.SECRET: ("secret", _l("Something above says {secret}, so there must be one.")),
    Flaw.SECRET_ODD: ("secret", _l("It has at most 500 characters, none that can’t be seen, and at Vonage no blanks.")),
    Flaw.SECRET_ELSEWHERE: ("secret", _l("Messages would go to another address with the credentials that are kept. Enter them "
                                         "once more.")),
    Flaw.SECRET_SHOWN: ("secret", _l("What says {secret} was changed, and could show the one that is kept. Enter it once more.")),
}
