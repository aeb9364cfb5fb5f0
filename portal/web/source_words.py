"""What is an identity source called where switches and rules are told, and what is said of it in a line?"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.models import SourceKind
from portal.sources import register
from portal.sources.register import Source

FEW = 6
"""So many sources are named one by one."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def source_label(source: str) -> str:
    """What the identity source of that key is called; the key itself where it was deleted."""
    own = {register.PASSWORD: _("Password"), register.SCAN: _("Scan code")}
    return own.get(source) or next((each.title for each in register.current() if each.key == source), source)


def source_names(sources: Sequence[str]) -> str:
    """The sources of these keys in a sentence; of many, how many more there are."""
    named = [f"“{apart(source_label(source))}”" for source in sources]
    if len(named) > FEW:
        more = len(named) - FEW + 1
        named = [*named[:FEW - 1], ngettext("%(num)s more", "%(num)s more", more)]
    return format_list(named, locale=get_locale())


def apart(title: str) -> str:
    """A title in a sentence: one that is read from the right does not turn what stands around it (UAX 9, isolates)."""
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in title)
    return f"\u2068{title}\u2069" if turns else title


def source_about(key: str) -> str:
    """What a source is, and where: for whoever has to tell it from the others."""
    if key == register.PASSWORD:
        return _("Username, mobile phone number or email with a password.")
    if key == register.SCAN:
        return _("A code on the login page, scanned by a phone on which the person is logged in.")
    source = next((each for each in register.current() if each.key == key), None)
    return _("An outside identity source.") if source is None else _outside(source)


def _outside(source: Source) -> str:
    kind = {SourceKind.OIDC: "OpenID Connect", SourceKind.OAUTH: "GitHub", SourceKind.LDAP: _("LDAP directory")}[source.kind]
    host = _host(source.settings)
    return _("%(kind)s, at %(host)s.", kind=kind, host=host) if host else f"{kind}."


def _host(settings: dict[str, Any]) -> str:
    """Where the source is, as its settings say."""
    servers = settings.get("servers") or [""]
    return urlsplit(str(settings.get("issuer") or settings.get("base") or servers[0])).hostname or ""
