"""How does a template become a page? Compiled once per language, with the sentences that never change already in it."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from gettext import NullTranslations
from typing import Any

import flask.templating
from babel.support import Translations
from flask import Flask, current_app, render_template
from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

from config import HERE
from portal.web.language import LANGUAGES, current

_SENTENCE = re.compile(r"(?<![\w.])_\('((?:[^'\\]|\\.)*)'(\)|, *)")
_FILLED = "filled_in"
_ENVIRONMENTS = "portal-templates"


class Pages(flask.templating.Environment):
    """Templates that look their globals up in one dictionary, where Flask's look through two."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment. Jinja compares them at each import of a component: in two, that is a tenth of a page."""
        return super().make_globals(d) if d else self.globals


class Sentences(Extension):
    """Puts the translation of every `_('…')` into the source before it is compiled; where it has arguments, they are filled in.

    A page has a dozen of them; looked up at each rendering they cost as much as the rest of the page.
    """

    catalogue: NullTranslations = NullTranslations()

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - as Jinja calls it
        """The source with its plain sentences in the language of this environment."""
        return _SENTENCE.sub(self._translated, source)

    def _translated(self, found: re.Match[str]) -> str:
        sentence = self.catalogue.gettext(found[1].replace("\\'", "'"))
        constant = "'" + sentence.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return constant if found[2] == ")" else f"{_FILLED}({constant}, "


def filled_in(sentence: str, **values: Any) -> Markup:
    """A translated sentence with its values, escaped where they are no markup themselves."""
    return Markup(sentence) % values  # noqa: S704 - the sentence is ours


def render(name: str, **context: Any) -> str:
    """The page of that template, in the reader's language."""
    environments: dict[str, Environment] = current_app.extensions[_ENVIRONMENTS]
    return render_template(environments[current()].get_template(name), **context)


def init_app(app: Flask) -> None:
    """Make an environment for each language; templates are compiled when they are first needed."""
    app.jinja_env.globals[_FILLED] = filled_in
    app.extensions[_ENVIRONMENTS] = {language: _environment(app, language) for language in LANGUAGES}


def _environment(app: Flask, language: str) -> Environment:
    environment = app.jinja_env.overlay(extensions=[Sentences], cache_size=100)
    sentences = environment.extensions[Sentences.identifier]
    assert isinstance(sentences, Sentences)  # noqa: S101 - tells the type checker what was asked for a line above
    sentences.catalogue = Translations.load(str(HERE / "translations"), [language])
    return environment
