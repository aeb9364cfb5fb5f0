"""Which pages are there? Every blueprint."""

from __future__ import annotations

from flask import Flask

from portal.web import application_looks, code, first_administrator, health, home, inbox, login, phone, settings
from portal.web.admin import application, applications


def init_app(app: Flask) -> None:
    """Register all pages. The inbox exists in development only."""
    for page in (login, phone, code, home, settings, first_administrator, health, application_looks, applications, application):
        app.register_blueprint(page.blueprint)
    if not app.config["PORTAL"].production:
        app.register_blueprint(inbox.blueprint)
