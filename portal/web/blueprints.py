"""Which pages are there? Every blueprint."""

from __future__ import annotations

from flask import Flask

from portal.web import (
    application_looks,
    code,
    first_administrator,
    health,
    home,
    inbox,
    login,
    new_password,
    phone,
    settings,
    trial_result,
)
from portal.web.admin import application, applications, experience, user, user_phone

_USER = (user, user_phone)


def init_app(app: Flask) -> None:
    """Register all pages. The inbox exists in development only."""
    for page in (login, phone, code, new_password, home, settings, first_administrator, health, application_looks,
                 applications, application, experience, trial_result):
        app.register_blueprint(page.blueprint)
    for page in _USER:
        app.register_blueprint(page.blueprint)
    if not app.config["PORTAL"].production:
        app.register_blueprint(inbox.blueprint)
