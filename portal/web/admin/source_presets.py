"""Which outside sources can be added, and with what does the form of each begin?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import SourceKind
from portal.sources.presets import GITHUB, GOOGLE, MICROSOFT
from portal.sources.presets import PRESETS as KNOWN
from portal.sources.register import Source

_CLIENT = ("client_id", "secret")
_PEOPLE = ("create_accounts", "email_domains")
_PHONE = ("take_phone", "trust_phone")
_DIRECTORY = ("servers", "starttls", "ca", "base_dn", "filter", "bind_dn", "secret", "user_dn", "attribute_subject",
              "attribute_username", "attribute_name", "attribute_email", "attribute_phone")
_SCOPES, _CONTEXTS = "scopes", "acr_values"
_KNOWN = {known.key: known for known in KNOWN}
OTHER, DIRECTORY = "oidc", "ldap"
_OF_KIND = {SourceKind.OIDC: OTHER, SourceKind.OAUTH: GITHUB, SourceKind.LDAP: DIRECTORY}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One choice. `fields`: what its form asks for beside the title; `typed`: with what it begins; `fixed`: what nobody types."""

    key: str
    kind: SourceKind
    title: str
    about: Any
    fields: tuple[str, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """What is kept of the choice: nothing where the kind of the source says as much."""
        return {} if self.key in _OF_KIND.values() else {"preset": self.key}


def _known(key: str, fields: tuple[str, ...], about: Any) -> Preset:
    """One of which everything is known but what its administrators are given."""
    known = _KNOWN[key]
    typed = {"base", *(["issuer"] if "tenant" in known.needs else [])}
    fixed = {name: value for name, value in known.settings.items() if name not in typed}
    return Preset(key=key, kind=known.kind, title=known.title, about=about, fields=(*known.needs, *fields, *_PEOPLE), fixed=fixed)


PRESETS = {preset.key: preset for preset in (
    Preset(key=OTHER, kind=SourceKind.OIDC, title="OpenID Connect", typed={_SCOPES: "openid profile email"},
           fields=("issuer", *_CLIENT, _SCOPES, _CONTEXTS, "ca", *_PEOPLE, *_PHONE),
           about=_l("Any provider that speaks it, such as Keycloak, Okta or another portal.")),
    _known(GOOGLE, (), _l("Google accounts and Google Workspace.")),
    _known(MICROSOFT, (), _l("Work and school accounts of one tenant.")),
    _known(GITHUB, ("base", "ca"), _l("github.com, or a GitHub Enterprise Server of your own.")),
    Preset(key=DIRECTORY, kind=SourceKind.LDAP, title="LDAP", fields=(*_DIRECTORY, *_PEOPLE, *_PHONE),
           typed={"filter": "(|(uid={identifier})(mail={identifier}))", "attribute_subject": "entryUUID",
                  "attribute_username": "uid", "attribute_name": "cn", "attribute_email": "mail", "attribute_phone": "mobile"},
           about=_l("A directory such as OpenLDAP or 389 Directory Server.")),
    Preset(key="ad", kind=SourceKind.LDAP, title="Active Directory", fields=(*_DIRECTORY, *_PEOPLE, *_PHONE),
           typed={"filter": "(&(objectClass=user)(|(sAMAccountName={identifier})(userPrincipalName={identifier})))",
                  "attribute_subject": "objectGUID", "attribute_username": "sAMAccountName", "attribute_name": "displayName",
                  "attribute_email": "mail", "attribute_phone": "mobile"},
           about=_l("Domain accounts of a Windows network.")),
)}


def preset_of(source: Source) -> Preset:
    """The one by which a source was added; one that no preset fits is asked for everything."""
    named = PRESETS.get(str(source.settings.get("preset", "")))
    return named if named and named.kind is source.kind else PRESETS[_OF_KIND[source.kind]]


def kind_words(source: Source) -> str:
    """What kind of source it is, in the reader's language."""
    if source.kind is SourceKind.PASSWORD:
        return _("The portal’s own")
    return _("The portal’s own") if source.kind is SourceKind.SCAN else preset_of(source).title
