"""What does a form of ours read? Fields as browsers send them; never JSON, nor a file in place of a text."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]
    """What every form of the portal derives from."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms is set up."""

        def wrap_formdata(self, form: Any, _formdata: Any) -> Any:
            """Flask-WTF would hand over JSON of any shape, or a file: values that have no `strip`."""
            return request.form if form.is_submitted() else None
