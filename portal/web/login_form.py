"""What does the login page show? Its form, the other ways to come in, and how the application looks that somebody comes for."""

from __future__ import annotations

from flask import url_for
from wtforms import PasswordField, StringField

from portal.applications.brand import Found
from portal.web import came_for, phrases
from portal.web.branding import branding
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.ways import ways


class LoginForm(Form):
    """What a person types to come in. Nothing is checked here that would tell one account from another."""

    identifier = StringField()
    password = PasswordField()

    def filled(self) -> bool:
        """Whether both fields have something in them; each that has not says so."""
        return not self.lacks({name: phrases.REQUIRED[name] for name in ("identifier", "password")})


def page(form: LoginForm, application: Found | None, notice: Notice | None = None) -> str:
    """The login page of that application, or of the portal itself."""
    return render("pages/login.html", form=form, notice=notice, ways=ways(came_for.offered(application)),
                  action=url_for("login.enter", **came_for.kept()), **branding(application.brand if application else None))
