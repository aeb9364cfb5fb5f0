"""The portal's application factory: settings, extensions, pages, error pages; no behaviour of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from config import Settings
from portal import cli, counters, database, keys, logs, metrics
from portal.extensions import babel, csrf, db, limiter, login_manager
from portal.signin import session_cookies, visitor
from portal.web import admission, assets, blueprints, errors, headers, language, measuring, rendering, row_ids, trial_mode
from portal.web.metrics import Port


class Portal(Flask):
    """A Flask that has no asynchronous views, and does not look for them behind each of a dozen functions of every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as a WSGI application. Reads the environment when no settings are given; raises SettingsInvalid."""
    settings = settings or config.load()
    app = Portal(__name__, template_folder="../templates", static_folder="../static")
    app.jinja_environment = rendering.Pages
    app.config.update(_flask_settings(settings))
    app.session_interface = session_cookies.Cookies()
    logs.init_app(app)
    metrics.init_app(settings)
    _bind_extensions(app)
    for part in (measuring, headers, assets, language, rendering, trial_mode, admission, errors, row_ids, blueprints, cli):
        part.init_app(app)
    if settings.portal_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.portal_proxies, x_proto=settings.portal_proxies, x_host=0, x_prefix=0)
    if settings.portal_metrics_port:
        app.wsgi_app = Port(app, settings.portal_metrics_port)  # type: ignore[method-assign, assignment]
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    login_manager.session_protection = None
    login_manager.user_loader(visitor.load)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language.select)
    counters.init_app(app)
    with _not_around_every_request(app):
        # No cookie remembers anybody here.
        login_manager.init_app(app, add_context_processor=False)
        # Views with a limit of their own ask it themselves, and no header tells what is left.
        limiter.init_app(app)


@contextmanager
def _not_around_every_request(app: Flask) -> Iterator[None]:
    """What is bound meanwhile is not called around every request, where it finds nothing to do, at a tenth of a page's cost."""
    hooks: tuple[dict[Any, list[Any]], ...] = (
        app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    before = [list(functions[None]) for functions in hooks]
    yield
    for functions, kept in zip(hooks, before, strict=True):
        functions[None] = kept


def _flask_settings(settings: Settings) -> dict[str, object]:
    ring = keys.ring(settings.portal_secret, settings.portal_secret_old)
    return {
        "PORTAL": settings, "PORTAL_KEYS": ring,
        "SECRET_KEY": ring.session, "SECRET_KEY_FALLBACKS": [ring.session_old] if ring.session_old else [],
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "__Host-portal" if settings.https else "portal",
        "SESSION_COOKIE_SECURE": settings.https, "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax",
        # Nobody can set a cookie whose name is made anew in each process: Flask-Login's remember cookie is off.
        "REMEMBER_COOKIE_NAME": secrets.token_hex(16),
        "WTF_CSRF_TIME_LIMIT": settings.portal_form_lifetime or None, "WTF_CSRF_CHECK_DEFAULT": False,
        # Every sentence beside a field is ours; the library's own catalogues would be read for each form.
        "WTF_I18N_ENABLED": False,
        # Checked in web.admission, where a browser that hides its Referer is not locked out.
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 64 * 1024, "MAX_FORM_MEMORY_SIZE": 64 * 1024, "MAX_FORM_PARTS": 200,
        "TRUSTED_HOSTS": _hosts(settings), "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        "RATELIMIT_HEADERS_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": "en", "BABEL_TRANSLATION_DIRECTORIES": str(config.HERE / "translations"),
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    # Without parameters in messages, else a fault of the database would write password hashes and numbers into the log.
    size = {"pool_size": settings.portal_threads + 2, "max_overflow": settings.portal_sender_threads, "hide_parameters": True}
    if settings.sqlite_path:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return size | {"connect_args": {"timeout": 30}}
    from portal.postgres import Cursor  # an installation on SQLite does not load the driver

    return size | {"connect_args": {"connect_timeout": 3, "cursor_factory": Cursor}, "pool_timeout": 5}


def _hosts(settings: Settings) -> list[str]:
    """Which names a request may ask for: a foreign Host header is refused before anything reads it."""
    local = [] if settings.production else ["localhost", "127.0.0.1", "[::1]", settings.host]
    return [settings.url_host, *settings.portal_hosts, *local]
