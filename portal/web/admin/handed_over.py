"""What is handed over once? A link by which somebody sets their password, or a password that was made for them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import links
from portal.extensions import settings
from portal.signin import oversight
from portal.signin.oversight import NoLink
from portal.web.client import client
from portal.web.phrases import span


@dataclass(frozen=True)
class Secret:
    """What is shown once: its label, itself, and what is to be known of it."""

    label: str
    value: str
    about: str


def link(user_id: int, *, besides: bool = True) -> Secret | NoLink:
    """A link by which the user sets their own password; earlier ones are good no more. Raises NoSuchUser.

    `besides`: also for somebody who has a password already.
    """
    token = oversight.password_link(
        user_id, client(), actor=current_user.actor, actor_role=current_user.role, besides=besides,
    )
    if isinstance(token, NoLink):
        return token
    # The address from the settings, never of a request's header: whoever forges one would be handed the token.
    address = settings().portal_url + url_for("set_password.show", token=token)
    about = _("It works once, within %(time)s, and sets the password.", time=span(links.LIFETIME))
    return Secret(_("One-time link"), address, about)


def about_links() -> str:
    """How long each of many links is good, and for what."""
    return _("Each works once, within %(time)s, and sets the password of its user.", time=span(links.LIFETIME))


def password(user_id: int) -> Secret:
    """A random password for the user, whose logins end. Raises NoSuchUser."""
    made = oversight.generated_password(user_id, client(), actor=current_user.actor)
    return Secret(_("Password"), made, _("It must be replaced at the first login with it."))
