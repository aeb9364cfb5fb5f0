"""What does somebody type of a provider that is called by HTTP, and what is said beside a field that cannot be taken?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from portal.extensions import settings as configured
from portal.messages.gateways.http_settings import BODY_TYPES, METHODS, flaws
from portal.web.admin.texts_flaws import say
from portal.web.form import Form

_TEXTS = ("method", "address", "body_type", "body", "statuses", "reference", "ca")
_CONDITIONS = ("success", "refused", "failed")
_BEGINS: dict[str, Any] = {
    "method": "POST", "body_type": "json", "statuses": "200-299", "headers": [["Authorization", "Bearer {secret}"]],
    "body": '{"to": "{to}", "from": "{from}", "text": "{text}"}',
}
_BODY_TYPES = {
    "json": "JSON", "form": _l("Form, as browsers send it"), "xml": "XML", "text": _l("Plain text"), "none": _l("None")}


class HttpFields(Form):
    """The fields of such a gateway; `secret` is none of them. The component `texts_http_fields` draws them."""

    http_method = SelectField(validate_choice=False, default="POST")
    http_address = StringField()
    http_headers = StringField()
    http_body_type = SelectField(validate_choice=False, default="json")
    http_body = StringField()
    http_statuses = StringField()
    http_success_path = StringField()
    http_success_value = StringField()
    http_refused_path = StringField()
    http_refused_value = StringField()
    http_failed_path = StringField()
    http_failed_value = StringField()
    http_reference = StringField()
    http_ca = StringField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.http_method.choices = [(name, name) for name in METHODS]
        self.http_body_type.choices = [(name, _BODY_TYPES[name]) for name in BODY_TYPES]


def begin(form: HttpFields) -> None:
    """As a new gateway begins."""
    fill(form, _BEGINS)


def fill(form: HttpFields, settings: Mapping[str, Any]) -> None:
    """The settings of a gateway as they stand."""
    for name in _TEXTS:
        form[f"http_{name}"].data = settings.get(name, "")
    form.http_headers.data = "\n".join(f"{name}: {value}" for name, value in settings.get("headers", ()))
    for name in _CONDITIONS:
        condition = settings.get(name, {})
        form[f"http_{name}_path"].data = condition.get("path", "")
        form[f"http_{name}_value"].data = " | ".join(condition.get("values", ()))


def settings_of(form: HttpFields) -> dict[str, Any]:
    """What was typed, as the settings of a gateway; what was left empty is not there."""
    found: dict[str, Any] = {name: _typed(form, name) for name in _TEXTS}
    found["headers"] = [_header(line) for line in _typed(form, "headers").splitlines() if line.strip()]
    found |= {name: _condition(form, name) for name in _CONDITIONS}
    return {name: value for name, value in found.items() if value}


def refuse(form: HttpFields, settings: Mapping[str, Any]) -> bool:
    """Say beside each field what is wrong with these settings of it; whether there is anything."""
    return say(form, "http_", flaws(settings, production=configured().production))


def _typed(form: HttpFields, name: str) -> str:
    return (form[f"http_{name}"].data or "").strip()


def _header(line: str) -> list[str]:
    """A line without colon is a name without a value, which is refused later."""
    name, _, value = line.partition(":")
    return [name.strip(), value.strip()]


def _condition(form: HttpFields, name: str) -> dict[str, Any]:
    values = [value.strip() for value in _typed(form, f"{name}_value").split("|") if value.strip()]
    condition = {"path": _typed(form, f"{name}_path"), "values": values}
    return condition if any(condition.values()) else {}
