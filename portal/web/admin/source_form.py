"""What does somebody type of an outside source, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from portal.sources.presets import microsoft_issuer
from portal.sources.register import Source
from portal.sources.wanted import Asked, Flaw
from portal.web.admin.source_presets import Preset
from portal.web.form import Form

_TENANT = re.compile(r"https://login\.microsoftonline\.com/([^/]+)/v2\.0")
_TEXTS = ("issuer", "client_id", "base", "base_dn", "filter", "bind_dn", "user_dn")
_CHECKS = ("starttls", "create_accounts", "take_phone", "trust_phone")
_LISTS = ("scopes", "acr_values", "email_domains", "servers")
_ATTRIBUTES = ("subject", "username", "name", "email", "phone")
_KNOWN = {*_TEXTS, *_CHECKS, *_LISTS, "ca", "attributes", "preset"}


class SourceForm(Form):
    """All that can be set of any kind of source; its preset says which of it there is."""

    title = StringField()
    name = StringField()
    issuer = StringField()
    tenant = StringField()
    client_id = StringField()
    secret = StringField()
    scopes = StringField()
    acr_values = StringField()
    base = StringField()
    servers = StringField()
    starttls = BooleanField()
    ca = StringField()
    base_dn = StringField()
    filter = StringField()
    bind_dn = StringField()
    user_dn = StringField()
    attribute_subject = StringField()
    attribute_username = StringField()
    attribute_name = StringField()
    attribute_email = StringField()
    attribute_phone = StringField()
    create_accounts = BooleanField()
    email_domains = StringField()
    take_phone = BooleanField()
    trust_phone = BooleanField()

    def begin(self, preset: Preset) -> None:
        """As the preset begins."""
        self._put({"title": preset.title, "name": preset.key, **preset.typed})

    def fill(self, source: Source) -> None:
        """The source as it stands, but for its secret."""
        typed = {name: source.settings.get(name) for name in (*_TEXTS, *_CHECKS, "ca")}
        lists = {name: " ".join(source.settings.get(name, ())) for name in _LISTS}
        attributes = {f"attribute_{name}": value for name, value in source.settings.get("attributes", {}).items()}
        tenant = _TENANT.fullmatch(source.settings.get("issuer", ""))
        lists["servers"] = "\n".join(source.settings.get("servers", ()))
        self._put(typed | lists | attributes | {"title": source.title, "tenant": tenant[1] if tenant else ""})

    def _put(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name in self:
                self[name].data = value

    def asked(self, preset: Preset, before: Mapping[str, Any]) -> Asked:
        """What is asked for. Settings of `before` that no field is for stay."""
        kept = {name: value for name, value in before.items() if name not in _KNOWN}
        typed = {name: value for name, value in self._settings().items() if name in preset.fields or name == "attributes"}
        if "tenant" in preset.fields:
            typed["issuer"] = microsoft_issuer(self._text("tenant")) or ""
        if "attribute_subject" not in preset.fields:
            typed.pop("attributes", None)
        return Asked(kind=preset.kind, title=" ".join((self.title.data or "").split()), name=self._text("name").lower(),
                     secret=self._text("secret") or None, settings=kept | typed | dict(preset.fixed) | preset.named)

    def _settings(self) -> dict[str, Any]:
        """What was typed and ticked; what was left empty is not there."""
        found: dict[str, Any] = {name: self._text(name) for name in (*_TEXTS, "ca")}
        found |= {name: bool(self[name].data) for name in _CHECKS}
        found |= {name: re.split(r"[\s,;]+", self._text(name)) if self._text(name) else [] for name in _LISTS}
        found["email_domains"] = [domain.lower().lstrip("@") for domain in found["email_domains"]]
        found["trust_phone"] = found["trust_phone"] and found["take_phone"]
        found["attributes"] = {name: value for name in _ATTRIBUTES if (value := self._text(f"attribute_{name}"))}
        return {name: value for name, value in found.items() if value}

    def _text(self, name: str) -> str:
        return (self[name].data or "").strip()

    def refuse(self, preset: Preset, flaws: Iterable[Flaw]) -> None:
        """Say beside its field what is wrong with it."""
        for flaw in flaws:
            field, words = _WORDS[flaw]
            words = _TENANT_WORDS if field == "issuer" and "tenant" in preset.fields else words
            self[_issuers(preset) if field == "issuer" else field].errors = [str(words)]

    def doubt(self, preset: Preset, words: str) -> None:
        """Say beside the issuer what its provider answered."""
        self[_issuers(preset)].errors = [words]

    @property
    def wrong(self) -> bool:
        """Whether some field cannot be taken."""
        return any(field.errors for field in self)


def _issuers(preset: Preset) -> str:
    """The field from which the issuer follows."""
    return next((name for name in ("issuer", "tenant") if name in preset.fields), "client_id")


_TENANT_WORDS = _l("Enter the directory (tenant) ID: 32 digits and letters from a to f, in groups. Its name won’t do.")
_WORDS: dict[Flaw, tuple[str, Any]] = {
    Flaw.TITLE: ("title", _l("A title has 1 to 80 characters, and none that can’t be seen, such as direction marks.")),
    Flaw.NAME: ("name", _l("A key has 1 to 40 characters: small letters, digits and hyphens between them.")),
    Flaw.TAKEN: ("name", _l("Another source has that key already.")),
    Flaw.ISSUER: ("issuer", _l("That isn’t a whole address. It begins with https:// and ends without ? and #.")),
    Flaw.BASE: ("base", _l("That isn’t a whole address such as https://github.example.com, without a path.")),
    Flaw.CLIENT_ID: ("client_id", _l("Enter the client ID that the provider gave you. It has no blanks.")),
    Flaw.SECRET: ("secret", _l("A secret is needed here.")),
    Flaw.SECRET_ELSEWHERE: ("secret", _l("It would go to another address now, so enter it once more.")),
    Flaw.SECRET_ODD: ("secret", _l("That secret has characters that can’t be seen, or too many. Copy it again.")),
    Flaw.SCOPES: ("scopes", _l("Scopes are words with blanks between them, and “openid” is one of them.")),
    Flaw.DOMAINS: ("email_domains", _l("Write domains as example.com, with blanks between them.")),
    Flaw.SERVERS: ("servers", _l("Write each server as ldaps://host, or all as ldap://host together with StartTLS. At most 10.")),
    Flaw.CA: ("ca", _l("That isn’t PEM text: it begins with -----BEGIN CERTIFICATE-----.")),
    Flaw.BASE_DN: ("base_dn", _l("Say where the search begins, such as dc=example,dc=com.")),
    Flaw.FILTER: ("filter", _l("A filter contains {identifier}, and each bracket is closed.")),
    Flaw.USER_DN: ("user_dn", _l("The DN contains {identifier}.")),
    Flaw.BIND: ("user_dn", _l("Give either this or an account for the search, not both.")),
    Flaw.ATTRIBUTES: ("attribute_subject", _l("Attributes are names such as entryUUID, and this one is needed.")),
}
