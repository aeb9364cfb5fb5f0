"""What is every form of ours? Flask-WTF's, without a token field of its own: admission checks the token of every POST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm

_LARGEST_VERSION = 2**31
NO_VERSION = -1
"""What no row ever has, and nothing that was never written either: that is 0."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose token is checked before any view sees it, and written by the template."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """No second check: it would build a field and sign a token that nobody reads."""

        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Fields as browsers send them: never JSON of any shape, nor a file in place of a text, which have no `strip`.

            A form made with `formdata=None` does not look at what was sent.
            """
            return request.form if formdata is not None and form.is_submitted() else None

    def lacks(self, words: Mapping[str, object]) -> bool:
        """Whether one of these fields, by their names, has nothing in it; each that has nothing says so in these words.

        Lazy words are looked up for those alone.
        """
        for name, said in words.items():
            self[name].errors = [] if (self[name].data or "").strip() else [str(said)]
        return any(self[name].errors for name in words)


def version_sent() -> int:
    """The version that the form was made from; NO_VERSION where none can be read, or no column could hold it."""
    sent = request.form.get("version", NO_VERSION, type=int)
    return sent if 0 <= sent < _LARGEST_VERSION else NO_VERSION
