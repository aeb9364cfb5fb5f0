"""How is it said what is broken or unsafe, what helps, and where? One line each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.filters import Filter
from portal.health.conditions import Condition, Finding, Part
from portal.health.risks import Danger, Risk
from portal.health.traffic import Traffic
from portal.web.admin import users_asked
from portal.web.admission import may_open

PARTS = {
    Part.HOOKS: _l("Webhooks"),
    Part.SETTINGS: _l("Settings"), Part.DATABASE: _l("Database"), Part.SCHEMA: _l("Schema"), Part.COUNTERS: _l("Counters"),
    Part.QUEUE: _l("Queue"), Part.SENDER: _l("Sender"), Part.GATEWAY: _l("Gateway"), Part.ADMINISTRATOR: _l("Administrator"),
    Part.WORDING: _l("Wording"), Part.ALARMS: _l("Alarms"), Part.SOURCES: _l("Identity sources"),
}
_CONDITIONS = {
    Condition.UNREACHABLE: _l("It cannot be reached (%(detail)s). See whether it runs, and look into the log of the portal."),
    Condition.FIT: _l("Fit for production."),
    Condition.DEVELOPMENT: _l("For development. In production the portal would not start with these: %(detail)s."),
    Condition.SERVER: _l("PostgreSQL."),
    Condition.ONE_FILE: _l("SQLite, which is right for one machine."),
    Condition.UP_TO_DATE: _l("Up to date."),
    Condition.OUT_OF_DATE: _l("Out of date. Run “flask db upgrade”."),
    Condition.IN_REDIS: _l("In Redis."),
    Condition.BESIDE: _l("Shared beside the database."),
    Condition.WAITING: _l("Messages waiting: %(detail)s."),
    Condition.RUNNING: _l("It is running."),
    Condition.SILENT: _l("Not heard of for 20 seconds, so no text message leaves. Start gunicorn with PORTAL_SENDER=on, "
                         "or “flask portal sender”."),
    Condition.CHOSEN: _l("Messages go to %(detail)s."),
    Condition.UNTRIED: _l("No message has gone by %(detail)s since what it sends with was entered. Send a test message under “"
                          "Text messages”: keys that look right may be wrong ones."),
    Condition.NO_COUNTRY: _l(
        "No text message goes out: PORTAL_COUNTRIES allows none of the countries that the rules name. Change either of them."),
    Condition.NO_GATEWAY: _l("No gateway for text messages is on, so nobody can get a code. Turn one on under “Text messages”."),
    Condition.CREDENTIALS_MISSING: _l("Credentials are missing for %(detail)s. Enter them under “Text messages”, "
                                      "or set them by the environment."),
    Condition.KEY_UNREADABLE: _l("The private key of %(detail)s can’t be read. It is an RSA key as PKCS#8 PEM, without a "
                                 "password."),
    Condition.MISDESCRIBED: _l("The settings of %(detail)s can’t be used. Open and save them: what is wrong is said beside "
                               "its field."),
    Condition.INBOX: _l("Messages are shown at /inbox and sent to nobody."),
    Condition.THERE: _l("There is one."),
    Condition.MISSING: _l("There is none yet. “flask portal welcome” prints a one-time link."),
    Condition.USABLE: _l("Outside sources in use: %(detail)s."),
    Condition.SECRET_LOST: _l("The secret of %(detail)s can’t be read any more, for PORTAL_SECRET has changed. "
                              "Enter it once more."),
    Condition.NOT_SECURE: _l("Asked without TLS, so that anybody on the way can answer: %(detail)s."),
    Condition.SIGNED: _l("Signed by as many gateways: %(detail)s."),
    Condition.NO_SIGNATURE: _l("Refused, for no signature secret is known for %(detail)s. Nobody learns whether a message has "
                               "arrived."),
    Condition.UNSIGNED: _l("Taken unsigned, from whoever finds their address."),
    Condition.RINGS: _l("Alarms that ring: %(detail)s. “Settings › Text messages › Alarms” says which, and what helps."),
    Condition.TOLD: _l("Ways to tell the operator: %(detail)s."),
    Condition.LOG_ONLY: _l("In the log only. Set PORTAL_ALARM_MAIL or PORTAL_ALARM_WEBHOOK, so that somebody is told."),
    Condition.LIBRARY_MISSING: _l("%(detail)s needs python-ldap. Run “pip install --require-hashes -r requirements-ldap.txt”."),
    Condition.SAID: _l("Text messages say what was written for them."),
    Condition.PASSED_OVER: _l("The words of the text message don’t fit any more for %(detail)s, so others are sent. "
                              "Write them anew."),
}
_CARE = frozenset({Condition.DEVELOPMENT, Condition.INBOX, Condition.LOG_ONLY, Condition.UNTRIED})


@dataclass(frozen=True, kw_only=True)
class Line:
    """What is found: `good`, `wait` or `bad`, in a few words, what that means, and the page where it is mended, if any."""

    kind: str
    title: str
    text: str
    url: str = ""
    link: str = ""


def finding_line(finding: Finding) -> Line:
    """How a part of the portal stands."""
    kind = "bad" if not finding.well else "wait" if finding.condition in _CARE else "good"
    detail = finding.detail if finding.condition is not Condition.DEVELOPMENT else _variables(finding.detail)
    return Line(kind=kind, title=str(PARTS[finding.part]), text=str(_CONDITIONS[finding.condition]) % {"detail": detail})


def _variables(faults: str) -> str:
    """The faults of settings are said to whoever sets them, in English; the console names the variables alone."""
    return ", ".join(dict.fromkeys(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b(?=[^.]*:)", faults)))


def traffic_lines(traffic: Traffic) -> list[Line]:
    """What is wrong with messages and their budget."""
    found = [
        (traffic.losing, _losing), (traffic.waiting > 0, _waiting), (traffic.spent or traffic.scarce, _budget),
    ]
    return [said(traffic) for is_so, said in found if is_so]


def _losing(traffic: Traffic) -> Line:
    text = _("%(lost)s of %(tried)s messages of the last hour did not surely leave. The message log says why of each.",
             lost=format_decimal(traffic.lost), tried=format_decimal(traffic.tried))
    return _with_page(Line(kind="bad", title=_("Text messages fail"), text=text), "message_log.list_page", _("Message log"),
                      state="failed")


def _waiting(traffic: Traffic) -> Line:
    text = ngettext("%(num)s message has waited for longer than a minute. See whether the sender runs and the gateway answers.",
                    "%(num)s messages have waited for longer than a minute. See whether the sender runs and the gateway answers.",
                    traffic.waiting)
    return _with_page(Line(kind="bad", title=_("Text messages wait"), text=text), "message_log.list_page", _("Message log"),
                      state="waiting")


def _budget(traffic: Traffic) -> Line:
    used = {"used": format_decimal(traffic.used), "ceiling": format_decimal(traffic.ceiling)}
    if traffic.spent:
        return Line(kind="bad", title=_("The budget of text messages is used up"), text=_(
            "%(used)s of %(ceiling)s messages of this hour are used without a right code, so nobody gets one until it is over. "
            "If these were people, raise PORTAL_LIMIT_TEXTS_IN_ALL; if not, the audit log says where they came from.", **used))
    return Line(kind="wait", title=_("The budget of text messages runs low"), text=_(
        "%(used)s of %(ceiling)s messages of this hour are used without a right code. "
        "PORTAL_LIMIT_TEXTS_IN_ALL sets the bound.", **used))


def unread_line(title: str) -> Line:
    """What could not be looked at."""
    return Line(kind="bad", title=title, text=_("Cannot be reached at the moment. Open this page again in a while."))


def danger_line(danger: Danger) -> Line:
    """What makes the portal less safe, and where that is mended."""
    return _DANGERS[danger.risk](danger.number)


def _switch(title: str, text: str, kind: str) -> Line:
    return _with_page(Line(kind=kind, title=title, text=text), "settings.mfa", _("Multi-factor authentication"))


def _without_number(number: int) -> Line:
    title = ngettext("%(num)s person with a role has no mobile phone number",
                     "%(num)s people with a role have no mobile phone number", number)
    line = Line(kind="wait", title=title, text=_("Whoever knows the password can bind a number of their own at the next login."))
    return _with_page(line, "users.list_page", _("Show them"),
                      **{users_asked.STATUS: Filter.ROLE.value, users_asked.PHONE: Filter.NO_PHONE.value})


def _one_administrator(_number: int) -> Line:
    line = Line(kind="wait", title=_("There is one administrator only"),
                text=_("If they lose phone or password, nobody can help them here. Make somebody else an administrator, too."))
    return _with_page(line, "users.list_page", _("User List"))


_DANGERS: dict[Risk, Callable[[int], Line]] = {
    Risk.SMS_OFF: lambda _number: _switch(
        _("The SMS verification code is off"), _("A password alone lets people in."), "bad"),
    Risk.ADMINISTRATORS_OFF: lambda _number: _switch(
        _("Console roles are not always asked for a code"), _("The console is as safe as its weakest identity source."), "bad"),
    Risk.SOURCES_OFF: lambda number: _switch(
        ngettext("%(num)s identity source asks for no code", "%(num)s identity sources ask for no code", number),
        _("People who log in through it need no second factor."), "wait"),
    Risk.TRUSTED: lambda number: _switch(
        ngettext("The word of %(num)s outside source is taken for the second factor",
                 "The word of %(num)s outside sources is taken for the second factor", number),
        _("Whoever runs it decides who needs no code here, but for people with a role in the console."), "wait"),
    Risk.WITHOUT_NUMBER: _without_number,
    Risk.ONE_ADMINISTRATOR: _one_administrator,
    Risk.UNSIGNED_HOOKS: lambda _number: Line(
        kind="bad", title=_("Webhooks are taken unsigned"),
        text=_("Whoever finds their address can say that messages arrived or did not. Set the signature secret of the gateway, "
               "and VONAGE_UNSIGNED_HOOKS to off.")),
}


def _with_page(line: Line, endpoint: str, link: str, **query: Any) -> Line:
    """The line with the link to a page, for those who may open it."""
    if not may_open(endpoint):
        return line
    return Line(kind=line.kind, title=line.title, text=line.text, url=url_for(endpoint, **query), link=link)
