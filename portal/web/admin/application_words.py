"""What is said of an application that somebody else changed, or that is about to be deleted?"""

from __future__ import annotations

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.applications import colours
from portal.applications.register import Profile
from portal.applications.upkeep import Asked
from portal.audit.changes import Overtaken
from portal.keyset import Count
from portal.web.moments import moment
from portal.web.phrases import Notice


def meanwhile(overtaken: Overtaken[Profile], asked: Asked) -> Notice:
    """That a form was overtaken: by whom, and how the application stands now where that is not what was typed."""
    if last := overtaken.last:
        said = [_("%(name)s changed this application at %(time)s, while you were typing. Nothing of yours was saved.",
                  name=last.actor, time=moment(last.at))]
    else:
        said = [_("Somebody changed this application while you were typing. Nothing of yours was saved.")]
    return Notice("care", " ".join([*said, *_differences(overtaken.now, asked), _("Save again if yours should replace it.")]))


def _differences(now: Profile, asked: Asked) -> list[str]:
    facts = [
        (_("Name"), now.name, asked.name.strip()), (_("Home address"), now.home_address or "", asked.home_address.strip()),
        (_("Colour"), now.colour or colours.PORTAL_ACCENT, asked.colour.lower()),
    ]
    return [_("%(field)s is now “%(value)s”.", field=field, value=value) if value else _("%(field)s is empty now.", field=field)
            for field, value, typed in facts if value != typed]


def lost(application: Profile, logins: Count) -> list[str]:
    """What goes with an application that is deleted."""
    said = [_("Its name, logo, colour and addresses go, and nobody comes in through it any more. This cannot be taken back.")]
    if logins.number and logins.exact:
        said.append(ngettext("%(num)s login came through it in the last 24 hours.",
                             "%(num)s logins came through it in the last 24 hours.", logins.number))
    elif logins.number:
        said.append(_("More than %(count)s logins came through it in the last 24 hours.", count=format_decimal(logins.number)))
    else:
        said.append(_("No login came through it in the last 24 hours."))
    if application.customises:
        said.append(_("It has rules of its own: they are deleted too. Logins under way go on under the global rules."))
    else:
        said.append(_("Logins under way go on under the global rules."))
    return said
