"""Which messages does the address of the message log ask for?"""

from __future__ import annotations

from flask_babel import gettext as _

from portal.accounts import phones
from portal.extensions import settings
from portal.messages.log import Filter
from portal.models import MessageState
from portal.web.admin.log_form import LogForm

FIELDS = ("from", "to", "state", "person", "number", "application")


def asked(form: LogForm) -> Filter:
    """The filter; what cannot be meant is left out, and told in the form's errors."""
    since, until = form.days()
    state = form.one_of("state", list(MessageState))
    typed = form.typed["number"]
    home = settings().portal_home_country or None
    number, begun = phones.parse(typed, home), phones.beginnings(typed, home)
    if typed and not number and not begun:
        form.errors["number"] = _("Write a number, or how it begins, such as +49 151.")
    return Filter(since=since, until=until, state=MessageState(state) if state else None, person=form.person(), number=number,
                  beginnings=() if number else tuple(begun), application=form.application())
