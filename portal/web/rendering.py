"""How does a template become a page? Compiled once per language, with the sentences that never change already in it."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import Any

from babel.support import Translations
from flask import Flask, current_app, render_template
from jinja2 import Environment
from jinja2.ext import Extension

from config import HERE
from portal.web.language import LANGUAGES, current

_SENTENCE = re.compile(r"(?<![\w.])_\('((?:[^'\\]|\\.)*)'\)")
_ENVIRONMENTS = "portal-templates"


class Sentences(Extension):
    """Puts the translation of every `_('…')` without arguments into the source before it is compiled.

    A page has a dozen of them; looked up at each rendering they cost as much as the rest of the page.
    """

    catalogue: NullTranslations = NullTranslations()

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - as Jinja calls it
        """The source with its plain sentences in the language of this environment."""
        return _SENTENCE.sub(self._translated, source)

    def _translated(self, found: re.Match[str]) -> str:
        sentence = self.catalogue.gettext(found[1].replace("\\'", "'"))
        return "'" + sentence.replace("\\", "\\\\").replace("'", "\\'") + "'"


def render(name: str, **context: Any) -> str:
    """The page of that template, in the reader's language."""
    environments: dict[str, Environment] = current_app.extensions[_ENVIRONMENTS]
    return render_template(environments[current()].get_template(name), **context)


def init_app(app: Flask) -> None:
    """Make an environment for each language; templates are compiled when they are first needed."""
    app.extensions[_ENVIRONMENTS] = {language: _environment(app, language) for language in LANGUAGES}


def _environment(app: Flask, language: str) -> Environment:
    environment = app.jinja_env.overlay(extensions=[Sentences], cache_size=100)
    sentences = environment.extensions[Sentences.identifier]
    assert isinstance(sentences, Sentences)  # noqa: S101 - tells the type checker what was asked for a line above
    sentences.catalogue = Translations.load(str(HERE / "translations"), [language])
    return environment
