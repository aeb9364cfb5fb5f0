"""What did a source answer when it was tried? Its steps, its claims, and who would come in by it, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import names as people
from portal.sources import tries
from portal.sources.claims import Claimed
from portal.sources.faults import Stage, Step
from portal.sources.register import Source
from portal.sources.tries import Tried
from portal.web.admin.fault_words import fault_words
from portal.web.admin.user_words import called
from portal.web.phrases import Notice

_STAGES = {
    Stage.DISCOVERY: _l("The provider describes itself"), Stage.ASKED: _l("Where the browser is sent"),
    Stage.ANSWER: _l("The browser comes back with an answer"), Stage.TOKEN: _l("The answer is exchanged for tokens"),
    Stage.KEYS: _l("The provider’s keys"), Stage.SIGNATURE: _l("The signature is right"),
    Stage.CLAIMS: _l("The token is for this portal, and fresh"), Stage.USERINFO: _l("What is told besides"),
    Stage.PERSON: _l("Who it is"),
    "identifier and password": _l("Identifier and password can be asked"), "search account": _l("The account for the search"),
    "search": _l("The search for the entry"), "the person's own entry": _l("The person’s own entry"),
    "password": _l("The password"), "subject": _l("The attribute that says who it is"),
}


@dataclass(frozen=True)
class Item:
    """One step, as the component `timeline` draws it."""

    title: str
    text: str
    kind: str


@dataclass(frozen=True)
class Whose:
    """Who would come in: words, and the page of the user, if it is one."""

    words: str
    url: str = ""


def items(steps: tuple[Step, ...]) -> list[Item]:
    """The steps in their order."""
    return [Item(str(_STAGES.get(step.name, step.name)), fault_words(step.detail), "good" if step.ok else "bad")
            for step in steps]


def outcome(tried: Tried) -> Notice:
    """How the try ended."""
    if tried.claimed is None:
        return Notice("bad", _("The source told of nobody; the last step says why. Nobody was logged in."))
    return Notice("good", _("The source works. Nobody was logged in, and nobody was linked."))


def person(claimed: Claimed) -> list[tuple[str, str]]:
    """What the portal takes from it, each with its label."""
    yes, no = _("Yes"), _("No")
    return [
        (_("Issuer"), claimed.issuer), (_("Subject"), claimed.subject), (_("Called"), claimed.called),
        (_("Username"), claimed.username or ""), (_("Name"), claimed.name or ""), (_("Email"), claimed.email or ""),
        (_("Email verified"), yes if claimed.email_verified else no), (_("Mobile phone number"), claimed.phone or ""),
        (_("Second factor given there"), yes if claimed.vouched else no),
    ]


def whose(source: Source, claimed: Claimed) -> Whose:
    """Who would come in by it."""
    user_id = tries.meant(source, claimed)
    known = people.of([user_id]) if user_id else {}
    if user_id in known:
        return Whose(called(known[user_id]), url_for("user.show", user_id=user_id))
    if source.settings.get("create_accounts"):
        return Whose(_("Nobody yet. A user is created at the first login, if the email domain is among those allowed."))
    return Whose(_("Nobody yet. They log in once with a password and link it then."))
