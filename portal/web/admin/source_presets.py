"""Which outside sources can be added, and with what does the form of each begin?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import SourceKind
from portal.sources.register import Source

_CLIENT = ("client_id", "secret")
_PEOPLE = ("create_accounts", "email_domains")
_PHONE = ("take_phone", "trust_phone")
_DIRECTORY = ("servers", "starttls", "ca", "base_dn", "filter", "bind_dn", "secret", "user_dn", "attribute_subject",
              "attribute_username", "attribute_name", "attribute_email", "attribute_phone")
ENTRA, GITHUB, DIRECTORY = "entra", "github", "ldap"


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


PRESETS = {preset.key: preset for preset in (
    Preset(key="oidc", kind=SourceKind.OIDC, title="OpenID Connect", fields=("issuer", *_CLIENT, "scopes", *_PEOPLE, *_PHONE),
           typed={"scopes": "openid profile email"},
           about=_l("Any provider that speaks it, such as Keycloak, Okta or another portal.")),
    Preset(key="google", kind=SourceKind.OIDC, title="Google", fields=(*_CLIENT, *_PEOPLE),
           fixed={"issuer": "https://accounts.google.com", "scopes": ["openid", "profile", "email"]},
           about=_l("Google accounts and Google Workspace.")),
    Preset(key=ENTRA, kind=SourceKind.OIDC, title="Microsoft Entra ID", fields=("tenant", *_CLIENT, *_PEOPLE),
           fixed={"scopes": ["openid", "profile", "email"]}, about=_l("Work and school accounts of one tenant.")),
    Preset(key=GITHUB, kind=SourceKind.OAUTH, title="GitHub", fields=(*_CLIENT, "base", *_PEOPLE),
           about=_l("github.com, or a GitHub Enterprise Server of your own.")),
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
_OF_KIND = {SourceKind.OIDC: "oidc", SourceKind.OAUTH: GITHUB, SourceKind.LDAP: DIRECTORY}


def preset_of(source: Source) -> Preset:
    """The one by which a source was added; one that no preset fits is asked for everything."""
    named = PRESETS.get(str(source.settings.get("preset", "")))
    return named if named and named.kind is source.kind else PRESETS[_OF_KIND[source.kind]]


def kind_words(source: Source) -> str:
    """What kind of source it is, in the reader's language."""
    if source.kind is SourceKind.PASSWORD:
        return _("The portal’s own")
    return _("The portal’s own") if source.kind is SourceKind.SCAN else preset_of(source).title
