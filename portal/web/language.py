"""In which language does this page speak? The reader's choice, else the browser's preference, else English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from typing import cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Domain
from werkzeug.urls import iri_to_uri

from portal.extensions import babel, settings
from portal.signin.session_cookies import in_trial

# A catalogue named `zh` matches zh-CN, zh-SG and plain zh; one named zh_Hans would match none of them.
LANGUAGES = {"en": ("en", "English"), "zh": ("zh-Hans", "简体中文")}


@dataclass(frozen=True)
class Language:
    """One entry of the language links: BCP 47 tag, its own name, where it leads, and whether it is the present one."""

    tag: str
    label: str
    url: str
    current: bool


def _cookie(*, trial: bool) -> str:
    """A language chosen in a trial is the trial's: whoever tries a login in Chinese goes on in the console as before."""
    return ("__Host-lang" if settings().https else "lang") + ("-trial" if trial else "")


def current() -> str:
    """The catalogue in use: `en` or `zh`."""
    chosen = g.get("language")
    if chosen is None:
        chosen = g.language = _chosen()
    return str(chosen)


def select() -> str:
    """What Flask-Babel asks for; commands and the sender are outside any request."""
    return current() if has_request_context() else "en"


def _chosen() -> str:
    tried = request.cookies.get(_cookie(trial=True)) if in_trial(request) else None
    for name in (request.args.get("lang"), tried, request.cookies.get(_cookie(trial=False))):
        if name in LANGUAGES:
            return str(name)
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((language for language in wanted if language in LANGUAGES), "en")


def languages() -> list[Language]:
    """Links to this page in every language."""
    here, path = current(), request.path if request.method == "GET" else _page(request.path)
    return _links(request.root_path + path, tuple(pair for pair in request.args.items() if pair[0] != "lang"), here)


def _page(path: str) -> str:
    """The page that answers a POST to `path` has an address of its own to be read again at: that one, or the nearest above it."""
    while path != "/" and not _is_page(path):
        path = path.rpartition("/")[0] or "/"
    return path


def _is_page(path: str) -> bool:
    """Asked without the host that the request names: it may be none of ours, and that is no reason to show no page."""
    return "GET" in current_app.url_map.bind("").allowed_methods(path)


@lru_cache(maxsize=256)
def _links(path: str, kept: tuple[tuple[str, str], ...], here: str) -> list[Language]:
    return [Language(tag, label, f"{iri_to_uri(path)}?{urlencode([*kept, ('lang', name)])}", name == here)
            for name, (tag, label) in LANGUAGES.items()]


class _Catalogues(Domain):
    """Flask-Babel finds the catalogue anew for every sentence; a page of thirty sentences finds it once."""

    def get_translations(self) -> NullTranslations:
        """That of the language of this page."""
        found = g.get("catalogue")
        if found is None:
            found = g.catalogue = super().get_translations()  # type: ignore[no-untyped-call]
        return cast(NullTranslations, found)


def tag() -> str:
    """The language of the page as a BCP 47 tag, for `<html lang>`."""
    return LANGUAGES[current()][0]


def _remember(response: Response) -> Response:
    """A choice by link is kept in a cookie of its own: the session's holds nothing but seed and token."""
    if request.args.get("lang") in LANGUAGES and not g.get("machine"):
        secure = settings().https
        name, lasts = (_cookie(trial=True), None) if in_trial(request) else (_cookie(trial=False), 31_536_000)
        response.set_cookie(name, request.args["lang"], max_age=lasts, samesite="Lax", httponly=True, secure=secure)
    return response


def init_app(app: Flask) -> None:
    """Make language, tag and links known to the templates."""
    app.after_request(_remember)
    catalogues = babel.domain_instance = _Catalogues()  # type: ignore[no-untyped-call]
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogues.get_translations().gettext(text),
        lambda one, many, count: catalogues.get_translations().ngettext(one, many, count), newstyle=True)
    app.context_processor(lambda: {"lang": tag(), "languages": languages()})
