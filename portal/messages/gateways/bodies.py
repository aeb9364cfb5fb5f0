"""How is a body written by its template, so that no value ever breaks out of its place? PURE.

JSON is parsed first and filled afterwards, so that a value can only be a string, or a number. In a form and in XML every value is
encoded. Plain text has no encoding: there the message may only be the last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from portal.messages.gateways.template import ALL, TEXT, Flaw, Wrong, filled, literal, misplaced, named

NONE = "none"
BODY = "body"
"""The setting that holds the template."""
CONTENT_TYPES = {
    "json": "application/json", "form": "application/x-www-form-urlencoded", "xml": "application/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
LONGEST = 10_000
_NUMBER = "\ue000"
"""Marks a string that becomes a number: a private character that nobody types."""
_STRING_OR_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|\{(id|ttl|to_digits)\}', re.DOTALL)
_ENCODED = re.compile(r"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NASTY = "x\" ' < > & ]]> = x"
"""No name, number or value without quotes: where XML stays whole with it, every other value is text as well."""
_OTHER_ENCODING = re.compile(r"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)


def rendered(body_type: str, template: str, values: Mapping[str, str]) -> bytes | None:
    """The body, None if there is none. Raises ValueError if a value has letters that cannot be written."""
    return None if body_type == NONE else _WRITERS[body_type](template.strip(), values).encode()


def flaws(body_type: str, template: str) -> Iterator[Wrong]:
    """What is wrong with a template for such a body."""
    if body_type not in CHECKS:
        yield Wrong("body_type", Flaw.BODY_TYPE)
    elif len(template) > LONGEST:
        yield Wrong(BODY, Flaw.LONG)
    else:
        yield from misplaced(BODY, template, ALL, braces=False)
        if not set(named(template)) - ALL and (flaw := CHECKS[body_type](template.strip())):
            yield Wrong(BODY, flaw)


def _json(template: str, values: Mapping[str, str]) -> str:
    return json.dumps(_put(_tree(template), values), allow_nan=False)


def _tree(template: str) -> Any:
    """The JSON before it is filled. Raises ValueError, RecursionError."""
    marked = _STRING_OR_NUMBER.sub(lambda found: f'"{_NUMBER}{found[1]}"' if found[1] else found[0], template)
    return json.loads(marked, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError if a name stands there twice: only one of its values would be sent."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _put(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _put(each, values) for key, each in node.items()}
    if isinstance(node, list):
        return [_put(each, values) for each in node]
    if not isinstance(node, str):
        return node
    return int(values[node[1:]]) if node.startswith(_NUMBER) else filled(node, values)


def _strings(node: Any) -> Iterator[str]:
    """All of its strings but its names."""
    if isinstance(node, str):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _strings(each)


def _keys(node: Any) -> Iterator[str]:
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys(each)
    yield from node if isinstance(node, dict) else ()


def _json_flaw(template: str) -> Flaw | None:
    try:
        tree = _tree(template)
        json.dumps(tree, allow_nan=False)
    except (ValueError, RecursionError):
        return Flaw.JSON
    strange = any(set(named(each)) - (ALL & set(named(template))) for each in _strings(tree))  # a brace may be written as \u007b
    return Flaw.JSON if strange or _NUMBER in template or any(named(key) for key in _keys(tree)) else None


def _form(template: str, values: Mapping[str, str]) -> str:
    return filled("&".join(_pairs(template)), values, quote_plus)


def _pairs(template: str) -> list[str]:
    """One a line, or with & between."""
    return [pair.strip() for pair in re.split(r"[&\r\n]+", template) if pair.strip()]


def _form_flaw(template: str) -> Flaw | None:
    for pair in _pairs(template):
        name, equals, value = pair.partition("=")
        if not name or not equals or named(name) or not is_encoded(name) or not is_encoded(value):
            return Flaw.FORM
    return None if _pairs(template) else Flaw.FORM


def is_encoded(template: str) -> bool:
    """Whether what is around its placeholders needs no encoding for an address or a form any more."""
    return _ENCODED.fullmatch(re.sub(r"\{\w+\}", "{", template)) is not None and not re.search(r"[{}]", literal(template))


def _xml(template: str, values: Mapping[str, str]) -> str:
    return filled(template, values, _escaped)


def _escaped(value: str) -> str:
    """A line break must not be taken for the end of an attribute's line, nor any letter that XML has not got."""
    return escape(_NOT_XML.sub("", value), {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def _xml_flaw(template: str) -> Flaw | None:
    """Neither DOCTYPE nor comments nor CDATA nor instructions: in them, encoding has another meaning or none."""
    content = re.sub(r"^<\?xml [^<>{}]*\?>", "", template)
    if "<!" in content or "<?" in content or _OTHER_ENCODING.search(template[: len(template) - len(content)]):
        return Flaw.XML
    try:
        ElementTree.fromstring(_xml(content.strip(), dict.fromkeys(ALL, _NASTY)))  # noqa: S314 - see the import
    except ElementTree.ParseError:
        return Flaw.XML
    return None


def _text(template: str, values: Mapping[str, str]) -> str:
    return filled(template, values)


def text_flaw(template: str) -> Flaw | None:
    """What is wrong with plain text: whatever comes after the message could be written by it."""
    before = template.strip().removesuffix(f"{{{TEXT}}}")
    return Flaw.TEXT_LAST if TEXT in named(before) else None


def _no_body_flaw(template: str) -> Flaw | None:
    return Flaw.BODY if template else None


_WRITERS: dict[str, Callable[[str, Mapping[str, str]], str]] = {"json": _json, "form": _form, "xml": _xml, "text": _text}
CHECKS: dict[str, Callable[[str], Flaw | None]] = {
    "json": _json_flaw, "form": _form_flaw, "xml": _xml_flaw, "text": text_flaw, NONE: _no_body_flaw,
}
