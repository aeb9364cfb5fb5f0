"""Which pages are there? Every blueprint."""

from __future__ import annotations

from flask import Flask

from portal.web import (
    account_sources,
    again,
    application_looks,
    arrived,
    code,
    directory,
    first_administrator,
    health,
    home,
    hooks,
    inbox,
    login,
    metrics,
    new_password,
    outside,
    phone,
    scan,
    scan_phone,
    set_password,
    settings,
    trial_result,
)
from portal.web.admin import (
    application,
    application_security,
    applications,
    audit_log,
    console_settings,
    dashboard,
    experience,
    message_export,
    message_log,
    source,
    source_delete,
    source_new,
    source_try,
    sources,
    texts,
    texts_alarms,
    texts_gateway,
    texts_gateway_delete,
    texts_gateway_new,
    texts_gateway_test,
    texts_protection,
    texts_protection_open,
    texts_protection_rules,
    texts_rule,
    texts_rules,
    texts_wording,
    user,
    user_bypass,
    user_care,
    user_delete,
    user_identities,
    user_new,
    user_phone,
    user_secret,
    user_sign_ins,
    user_texts,
    user_trail,
    users,
    users_bulk,
    users_export,
    users_import,
    users_import_one,
)

_ENTRANCE = (login, scan, scan_phone, outside, directory, arrived, phone, code, new_password, again)
_RECORDS = (dashboard, console_settings, audit_log, message_log, message_export)
_SOURCES = (sources, source_new, source, source_delete, source_try)
_PROTECTION = (texts_protection, texts_protection_open, texts_protection_rules)
_WORDING = (texts_wording,)
_GATEWAYS = (texts, texts_gateway, texts_gateway_new, texts_gateway_delete, texts_gateway_test, texts_rules, texts_rule,
             texts_alarms)
_USERS = (users, users_bulk, users_export, users_import, users_import_one, user_new)
_USER = (user, user_bypass, user_care, user_delete, user_identities, user_phone, user_secret, user_sign_ins, user_texts,
         user_trail)


def init_app(app: Flask) -> None:
    """Register all pages. The inbox exists in development only."""
    for page in (*_ENTRANCE, home, account_sources, settings, first_administrator, set_password, health, hooks, metrics,
                 application_looks, applications, application, application_security, experience, trial_result):
        app.register_blueprint(page.blueprint)
    for page in (*_USERS, *_USER, *_RECORDS, *_SOURCES, *_GATEWAYS, *_PROTECTION, *_WORDING):
        app.register_blueprint(page.blueprint)
    if not app.config["PORTAL"].production:
        app.register_blueprint(inbox.blueprint)
