"""What does *Personal Information* show, with which forms? Shared by the pages that take the profile and the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from wtforms import StringField

from portal.accounts import phones, profile
from portal.accounts.profile import FIELDS, Refused
from portal.accounts.users import UserFault
from portal.web import user_faults
from portal.web.admin.user_tabs import PERSONAL, head
from portal.web.admin.user_words import called, phone_tag
from portal.web.form import Form, version_sent
from portal.web.language import LANGUAGES
from portal.web.moments import moment
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.rendering import render


class ProfileForm(Form):
    """What a user is called and found by, beside the number."""

    username = StringField()
    email = StringField()
    name = StringField()

    def wanted(self) -> profile.Profile:
        """The profile that was typed."""
        return profile.typed(**{field: self[field].data for field in FIELDS})

    def refuse(self, refused: Refused) -> None:
        """Say beside the field why nothing was saved."""
        self[refused.field].errors = [_fault(refused.fault, refused.field)]


@dataclass(frozen=True)
class Owner:
    """Who has already what was wanted for somebody else."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The forms that were not saved; whose what was typed is already; and whether somebody else saved meanwhile."""

    profile: ProfileForm | None = None
    phone: PhoneForm | None = None
    owned: Owner | None = None
    overtaken: bool = False


NOTHING = Typed()


def profile_form(user: Any) -> ProfileForm:
    """The form of the profile as it is saved."""
    form = ProfileForm()
    for field in FIELDS:
        form[field].data = getattr(user, field)
    return form


def owner(user_id: int | None) -> Owner | None:
    """The user of that id, to be named and linked to."""
    user = profile.find(user_id) if user_id else None
    return Owner(called(user), url_for(PERSONAL, user_id=user.id)) if user else None


def page(user: Any, typed: Typed = NOTHING, notice: Notice | None = None) -> str:
    """The page, with what was typed and not saved."""
    form, phone = typed.profile or profile_form(user), typed.phone or PhoneForm(formdata=None)
    if user.phone and not phone.country.data:
        phone.country.data = phones.region_of(user.phone)
    phone.offer()
    wrong = any(field.errors for field in form) or bool(phone.phone.errors)
    # Only who has been told what holds now may write over it.
    version = user.version if typed is NOTHING or typed.overtaken else version_sent()
    return render("pages/admin/user.html", head=head(user, PERSONAL), user=user, version=version, form=form, phone=phone,
                  notice=notice, owned=typed.owned, wrong=wrong, unfolded=typed.phone is not None,
                  now=_now(user, form) if typed.overtaken else {}, number=phones.mask(user.phone) if user.phone else "",
                  number_tag=phone_tag(user.phone_state) if user.phone else None, created=moment(user.created_at),
                  language=LANGUAGES[user.locale][1] if user.locale in LANGUAGES else "")


def _now(user: Any, form: ProfileForm) -> dict[str, str]:
    """What holds now, for each field in which something else was typed."""
    wanted = form.wanted()
    return {field: _("Now: %(value)s", value=getattr(user, field) or _("Not set")) for field in FIELDS
            if getattr(user, field) != getattr(wanted, field)}


def _fault(fault: UserFault, field: str) -> str:
    if fault is UserFault.TAKEN:
        return user_faults.identifier_taken(field)
    said = {
        UserFault.NO_IDENTIFIER: _("Somebody without a mobile phone number needs a username or an email to log in with."),
        UserFault.USERNAME: user_faults.username_fault(),
        UserFault.EMAIL: user_faults.email_fault(),
        UserFault.NAME: user_faults.name_fault(),
    }
    return said[fault]
