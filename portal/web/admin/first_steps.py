"""What is there to do first, in the order of the guide, and what of it is done?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from portal.health.beginning import Beginning
from portal.web.admission import may_open


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """One step: what it is, why, the page where it is taken, whether it is done, and whether it is the first that is not."""

    title: str
    text: str
    url: str
    link: str
    done: bool
    next: bool = False


def steps(pool: Beginning | None) -> list[FirstStep]:
    """The steps, for whoever may take them, until somebody can log in to something."""
    if pool is None or pool.is_over or not may_open("applications.new"):
        return []
    every = _every(pool)
    first = next(at for at, step in enumerate(every) if not step.done)
    return [replace(step, next=at == first) for at, step in enumerate(every)]


def _every(pool: Beginning) -> list[FirstStep]:
    return [
        FirstStep(title=_("Create application"), text=_("An application is what people log in to through this portal."),
                  url=url_for("applications.new"), link=_("Create application"), done=pool.application),
        FirstStep(title=_("Create User"), text=_("Somebody who logs in: by username, mobile number or email."),
                  url=url_for("user_new.show"), link=_("Create User"), done=pool.user),
        FirstStep(title=_("Enable the SMS verification code switch"),
                  text=_("Then a code by text message is asked for after the password."),
                  url=url_for("settings.mfa"), link=_("Multi-factor authentication"), done=pool.asks),
        FirstStep(title=_("Experience login"), text=_("The button is at the upper right of an application’s details."),
                  url=url_for("applications.list_page"), link=_("Self-built application"), done=False),
    ]
