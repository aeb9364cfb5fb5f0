"""Which of many users are given a link by which they set their password, and how are all links handed over at once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts import phones
from portal.accounts.users import NoSuchUser
from portal.audit import export
from portal.audit.export import MEDIA_TYPE, Format
from portal.signin.oversight import NoLink
from portal.web.admin import handed_over, user_words
from portal.web.admin.handed_over import Secret
from portal.web.admin.user_words import called
from portal.web.admin.users_acts import Told, gone
from portal.web.phrases import Notice
from portal.web.rendering import render

_FIELDS = ("username", "email", "phone", "name", "link")


@dataclass(frozen=True)
class Given:
    """The link of one user."""

    user: Any
    words: str
    link: str


def given(users: Sequence[Any]) -> str:
    """Give each of these users a link who has no password and may come in: the page that shows the links, this once."""
    made, left_out = [], []
    for user in users:
        words, outcome = user.username or called(user), _link(user)
        if isinstance(outcome, Secret):
            made.append(Given(user, words, outcome.value))
        else:
            left_out.append(Told(words, url_for("user.show", user_id=user.id), outcome))
    return render("pages/admin/users_links.html", made=made, left_out=left_out, notice=_said(len(made), len(left_out)),
                  about=handed_over.about_links(), text=_text(made), file=_file(made))


def _link(user: Any) -> Secret | str:
    """The link, or why there is none."""
    try:
        made = handed_over.link(user.id, besides=False)
    except NoSuchUser:
        return gone()
    return _refused(made) if isinstance(made, NoLink) else made


def _refused(why: NoLink) -> str:
    match why:
        case NoLink.ROLE:
            return user_words.not_cared_for()
        case NoLink.SUSPENDED:
            return _("Suspended: a link would be no good. Resume them first.")
        case NoLink.NOT_NEEDED:
            return _("Has a password already.")


def _said(made: int, left_out: int) -> Notice:
    words = ngettext("A link for %(num)s user.", "Links for %(num)s users.", made) if made else _("Nobody was given a link.")
    if left_out:
        words += " " + ngettext("%(num)s was left out.", "%(num)s were left out.", left_out)
    return Notice("care" if left_out else "good", words)


def _text(made: Sequence[Given]) -> str:
    """One line for each, to be pasted into a letter or a table of cells; none runs as a formula there."""
    return "\n".join(f"{export.cell(' '.join(each.words.split()))}\t{each.link}" for each in made)


def _file(made: Sequence[Given]) -> str:
    """The same as a file, as an address that holds it whole: nothing of it is kept here to be asked for once more."""
    records = [_record(each.user, each.link) for each in made]
    return f"data:{MEDIA_TYPE[Format.CSV].replace(' ', '')},{quote(''.join(export.lines(_FIELDS, records, Format.CSV)))}"


def _record(user: Any, link: str) -> list[Any]:
    return [user.username, user.email, phones.mask(user.phone) if user.phone else None, user.name, link]
