"""What does the page of one identity source show?"""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from portal.database import reading
from portal.models import SourceKind
from portal.signin import impact, standing
from portal.signin.rules import ON
from portal.sources import linked, outside, secrets, upkeep
from portal.sources.register import Source
from portal.sources.secrets import SecretUnreadable
from portal.web import round_trip
from portal.web.admin.source_form import SourceForm
from portal.web.admin.source_presets import kind_words, preset_of
from portal.web.admin.source_words import linked_words, tags, title_of
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.switch_words import last, vouched_words


def page(
    source: Source, form: SourceForm | None = None, *, version: int | None = None, notice: Notice | None = None,
) -> str:
    """The page; `form`: as somebody has just sent it, made from that `version`."""
    trust = standing.trusts([source.key])[source.key]
    shown = {"source": source, "called": title_of(source), "kind": kind_words(source), "trusted": trust.value == ON,
             "trust_last": last(trust), "notice": notice, "tags": tags(source, trust if source.is_outside else None),
             "may_be_off": source.kind is not SourceKind.PASSWORD}
    if not source.is_outside:
        return render("pages/admin/source_own.html", **shown)
    typed = form or SourceForm(formdata=None)
    if form is None:
        typed.fill(source)
    return render("pages/admin/source.html", form=typed, preset=preset_of(source), version=version or source.version,
                  redirect=_redirect(source), linked=linked_words(linked.people(source.id)),
                  vouched=vouched_words(impact.vouched(source.key)), **_secret(source), **shown)


def _redirect(source: Source) -> str:
    """The address that the provider must be told, for its answers come there; empty for a directory."""
    return round_trip.callback_address(source) if source.kind in outside.REDIRECTING else ""


def _secret(source: Source) -> dict[str, bool]:
    """Whether there is one, and whether it can still be read."""
    with reading() as connection:
        kept = upkeep.has_secret(connection, source.id)
    try:
        secrets.opened(source.id)
    except SecretUnreadable:
        return {"has_secret": kept, "unreadable": True}
    return {"has_secret": kept, "unreadable": False}


def said() -> Notice | None:
    """What was just done."""
    sentences = {
        "added": Notice("good", _("The source is added and still off. Try it, then turn it on.")),
        "added-unreached": Notice("care", _("The source is added, but its provider doesn’t answer now. Try it before you turn "
                                            "it on.")),
        "saved": Notice("good", _("Saved. It holds at once.")),
        "saved-unreached": Notice("care", _("Saved, but the provider doesn’t answer now. Try it in a while.")),
        "same": Notice("info", _("Nothing was changed.")),
        "enabled": Notice("good", _("On. The login page offers it.")),
        "disabled": Notice("good", _("Off. Nobody comes in by it any more.")),
        "leads": Notice("good", _("It leads on the login page now.")),
        "leads-no-more": Notice("good", _("It stands among the others now.")),
        "trusted": Notice("good", _("Saved. A second factor that was given there counts here.")),
        "trusted-no-more": Notice("good", _("Saved. What it says of a second factor counts no more.")),
    }
    return sentences.get(request.args.get("said", ""))
