"""Can a provider be used as it was typed? It is asked before it is saved; one that is silent now may be saved all the same."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.models import SourceKind
from portal.sources.faults import Fault, SourceFault
from portal.sources.register import Source
from portal.sources.slots import Busy
from portal.sources.wanted import Asked, flaws_of

_PASSING = frozenset({Fault.UNREACHABLE, Fault.TOO_SLOW, Fault.NOT_NOW})
_NOBODY = 0


@dataclass(frozen=True)
class Doubt:
    """What is wrong, in words; `passing`: it may be better in a while."""

    words: str
    passing: bool


def doubt(asked: Asked) -> Doubt | None:
    """What speaks against an OpenID Connect provider; None for all others, and for what cannot be asked as it stands."""
    if asked.kind is not SourceKind.OIDC or flaws_of(asked, has_secret=True):
        return None
    # Loaded with the first who asks: a web process seldom needs it.
    from portal.sources.oidc import discovery

    try:
        discovery.provider(_as_source(asked), fresh=True)
    except Busy:
        return Doubt(_("The portal can’t ask the provider at the moment."), passing=True)
    except SourceFault as fault:
        return Doubt(_words(fault), passing=fault.reason in _PASSING)
    return None


def _as_source(asked: Asked) -> Source:
    return Source(id=_NOBODY, kind=asked.kind, name=asked.name, title=asked.title, enabled=False, preferred=False, version=0,
                  settings=dict(asked.settings))


def _words(fault: SourceFault) -> str:
    """What is wrong with the provider's description of itself."""
    match fault.reason:
        case Fault.ISSUER:
            return _("The provider calls itself otherwise: %(detail)s. Copy the issuer exactly, to the last stroke.",
                     detail=fault.detail)
        case Fault.UNREACHABLE | Fault.TOO_SLOW | Fault.NOT_NOW:
            return _("The provider doesn’t answer there.")
        case Fault.NOT_SECURE:
            return _("The provider’s certificate, or an address of its own, is not to be trusted: %(detail)s.",
                     detail=fault.detail)
        case _other:
            return _("The provider’s description can’t be used (%(detail)s). Is that its issuer?", detail=str(fault))
