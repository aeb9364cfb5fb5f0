"""One rule: for which numbers, by which gateways, in which order, from which sender."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.changes import Overtaken, Unfit
from portal.messages import standing
from portal.messages.routing import routes
from portal.messages.routing.choosing import Route
from portal.web import limits
from portal.web.admin.texts_route_words import numbers_words
from portal.web.admin.texts_rule_form import RuleForm
from portal.web.admin.texts_tabs import RULES
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_rule", __name__)
_PATH = "/admin/settings/texts/rules/<int:route_id>"


@blueprint.get("/admin/settings/texts/rules/new")
@administrators
def new() -> str:
    """A rule that is not there yet."""
    return _page(None, RuleForm(formdata=None))


@blueprint.post("/admin/settings/texts/rules/new")
@administrators
@lately
@limits.forms
def create() -> ResponseReturnValue:
    """Add it."""
    form = RuleForm()
    prefix = form.begins()
    if prefix is None:
        form.ask_where()
        return _page(None, form), 422
    added = routes.add(prefix, form.choices(), client(), actor=current_user.actor)
    if isinstance(added, Unfit):
        form.refuse(added.flaws)
        return _page(None, form), 422
    return redirect(url_for(RULES, said="added"), 303)


@blueprint.get(_PATH)
@administrators
def show(route_id: int) -> str:
    """How it stands."""
    rule, form = _found(route_id), RuleForm(formdata=None)
    form.fill(rule)
    return _page(rule, form)


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def change(route_id: int) -> ResponseReturnValue:
    """Save the gateways, unless somebody else changed the rule meanwhile."""
    rule, form = _found(route_id), RuleForm()
    changed = routes.change(rule.id, version_sent(), form.choices(), client(), actor=current_user.actor)
    if isinstance(changed, Unfit):
        form.refuse(changed.flaws)
        return _page(rule, form, version=version_sent()), 422
    if isinstance(changed, Overtaken):
        return _page(changed.now, form, notice=_meanwhile(changed)), 409
    return redirect(url_for(RULES, said="saved" if changed else "same"), 303)


@blueprint.post(f"{_PATH}/delete")
@administrators
@lately
@limits.forms
def delete(route_id: int) -> ResponseReturnValue:
    """Delete it: it can be written again."""
    routes.remove(_found(route_id).id, client(), actor=current_user.actor)
    return redirect(url_for(RULES, said="deleted"), 303)


def _found(route_id: int) -> Route:
    return next((each for each in standing.fresh().routes if each.id == route_id), None) or abort(404)


def _page(rule: Route | None, form: RuleForm, *, version: int | None = None, notice: Notice | None = None) -> str:
    form.offer(standing.fresh().gateways)
    return render("pages/admin/texts_rule.html", rule=rule, form=form, notice=notice,
                  version=version or (rule.version if rule else 0), numbers=numbers_words(rule.prefix) if rule else "")


def _meanwhile(overtaken: Overtaken[Route]) -> Notice:
    now = _("What holds now: %(facts)s.", facts=routes.in_words(overtaken.now.choices))
    who = _("Somebody changed this rule meanwhile, so nothing was saved.")
    if last := overtaken.last:
        who = _("%(who)s changed this rule meanwhile (%(when)s), so nothing was saved.", who=last.actor, when=moment(last.at))
    return Notice("care", f"{who} {now} {_('What you typed is still here; save again if you still want it.')}")


@reopens("texts_rule.create")
def _reopen_new(notice: Notice) -> str:
    return _page(None, RuleForm(), notice=notice)


@reopens("texts_rule.change", "texts_rule.delete")
def _reopen(notice: Notice) -> str:
    return _page(_found((request.view_args or {})["route_id"]), RuleForm(), version=version_sent(), notice=notice)
