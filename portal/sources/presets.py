"""What is known beforehand of sources that many have? What an administrator need not type, or must not get wrong.

WeChat is not among them: its website login names its parameters differently (`appid`, `secret`, a `#wechat_redirect` behind
the address), takes the secret in the address of a GET, knows no PKCE, and tells neither name nor email that is proven; a client
of its own would be needed for it alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.models import SourceKind

GOOGLE, MICROSOFT, GITHUB = "google", "microsoft", "github"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/v2.0"
_TENANT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A well-known source. `title` is a name of its own, the same in every language; `needs`: what must be typed besides."""

    key: str
    kind: SourceKind
    title: str
    settings: dict[str, object] = field(hash=False)
    needs: tuple[str, ...] = ("client_id", "secret")


PRESETS = (
    Preset(key=GOOGLE, kind=SourceKind.OIDC, title="Google",
           settings={"issuer": "https://accounts.google.com", "scopes": ["openid", "email", "profile"]}),
    Preset(key=MICROSOFT, kind=SourceKind.OIDC, title="Microsoft Entra ID", needs=("tenant", "client_id", "secret"),
           settings={"issuer": _MICROSOFT, "scopes": ["openid", "email", "profile"]}),
    Preset(key=GITHUB, kind=SourceKind.OAUTH, title="GitHub", settings={"base": "https://github.com"}),
)


def microsoft_issuer(tenant: str) -> str | None:
    """The issuer of a Microsoft Entra ID tenant, by its id (a UUID); None for anything else.

    `common` and `organizations` let in whoever administers a tenant of their own, under any email that they put there, and name
    no issuer that could be held against a token; a tenant's domain works but is called by its id in tokens.
    """
    plain = tenant.strip().lower()
    return _MICROSOFT.format(tenant=plain) if _TENANT.fullmatch(plain) else None
