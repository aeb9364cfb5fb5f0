"""Can a number, a name or a text that somebody else chose ever break out of its place in a template?"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portal.messages.gateways import bodies, http_settings, mail_settings
from portal.messages.gateways.contract import Outgoing
from portal.messages.gateways.http import _in_address
from portal.messages.gateways.template import ALL, Flaw, filled, values
from tests.servers import ROOT

WILD = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from([
    '"}', "'>", "</a>", "&to=x", "%26to%3Dx", "\\", '\\"', "{secret}", "{to}", "{{text}}", "]]>", "<!--", "\r\nX: y", "../..",
    "?#", "\ue000id"])
"""What breaks out of places where nobody encodes, and everything else."""


@st.composite
def told(draw: st.DrawFn) -> dict[str, str]:
    """What each placeholder stands for, none of it as it should be but the numbers."""
    digits = draw(st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True))
    message = Outgoing(id=draw(st.integers(1, 10**12)), to=f"+{digits}", text=draw(WILD), lifetime=draw(st.integers(1, 600)),
                       sender=draw(WILD))
    return values(message, draw(WILD))


def flaws(**described: Any) -> set[Flaw]:
    """What is wrong with the settings of a gateway that is called by HTTP, over good ones."""
    good = {"address": "https://api.example.com/send", "body_type": "json", "body": '{"to": "{to}", "text": "{text}"}'}
    return {wrong.flaw for wrong in http_settings.flaws(good | described)}


def body(body_type: str, template: str, told: dict[str, str]) -> str:
    assert flaws(body_type=body_type, body=template) == set()
    return (bodies.rendered(body_type, template, told) or b"").decode()


@given(told())
def test_json_says_what_it_was_told_and_nothing_else(told: dict[str, str]) -> None:
    template = '{"list": [{"to": "{to}"}, {id}], "n": {to_digits}, "both": "{from}: {text} ({secret})", "plain": "a{ttl}b"}'

    assert json.loads(body("json", template, told)) == {
        "list": [{"to": told["to"]}, int(told["id"])], "n": int(told["to_digits"]),
        "both": f"{told['from']}: {told['text']} ({told['secret']})", "plain": f"a{told['ttl']}b"}


@given(told())
def test_a_form_says_what_it_was_told_and_nothing_else(told: dict[str, str]) -> None:
    written = body("form", "to={to}&text={text}{from}\nsecret={secret}&fixed=a%20b", told)

    assert parse_qsl(written, keep_blank_values=True, strict_parsing=True) == [
        ("to", told["to"]), ("text", told["text"] + told["from"]), ("secret", told["secret"]), ("fixed", "a b")]


@given(told())
def test_xml_says_what_it_was_told_and_nothing_else(told: dict[str, str]) -> None:
    written = body("xml", "<?xml version='1.0' encoding='UTF-8'?><sms to='{to}' by=\"{from}\"><text>{text}</text></sms>", told)

    root = ElementTree.fromstring(written.encode())
    assert (root.tag, [child.tag for child in root], set(root.attrib)) == ("sms", ["text"], {"to", "by"})
    assert (root.get("to"), root.get("by")) == (told["to"], _of_xml(told["from"]))
    assert (root[0].text or "") == _of_xml(told["text"])


def _of_xml(value: str) -> str:
    """What XML can hold of it."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)


@given(told())
def test_plain_text_has_the_message_at_its_end(told: dict[str, str]) -> None:
    written = bodies.rendered("text", "to={to_digits}\nid={id}\n\n{text}", told)

    assert (written or b"").decode() == f"to={told['to_digits']}\nid={told['id']}\n\n{told['text']}"


@given(told())
def test_an_address_leads_to_its_host_and_says_what_it_was_told(told: dict[str, str]) -> None:
    template = "https://api.example.com:8443/v1/{to}/{id}/send?text={text}&key={secret}&fixed=1"
    assert not flaws(address=template)

    parts = urlsplit(filled(template, told, _in_address))

    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "api.example.com:8443", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "v1", told["to"], told["id"], "send"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("text", told["text"]), ("key", told["secret"]), ("fixed", "1")]


_PIECES = st.sampled_from([
    "{text}", "{to}", "{id}", "{secret}", "{from}", '"', "'", "\\", "<", ">", "/", "a", "=", "&", "%", "2", "{", "}", "[", "]",
    ",", ":", " ", "\n", "x=", "<a>", "</a>", '"k":', "u00", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "1", "e", "-"])


def _shape(node: Any) -> Any:
    """JSON without what its strings and numbers say."""
    if isinstance(node, dict):
        return {key: _shape(each) for key, each in node.items()}
    return [_shape(each) for each in node] if isinstance(node, list) else type(node)


def _tree(node: ElementTree.Element) -> Any:
    return node.tag, sorted(node.attrib), [_tree(child) for child in node]


def _names(form: str) -> list[str]:
    return [name for name, _ in parse_qsl(form, keep_blank_values=True)]


_AROUND = {"json": ('{"k": "', '", "n": 1}'), "form": ("a=", "&b=1"), "xml": ("<a x='", "'>b</a>")}


@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(kind=st.sampled_from(sorted(_AROUND)), around=st.booleans(), pieces=st.lists(_PIECES, max_size=8), one=told(),
       other=told())
def test_whatever_template_is_taken_keeps_its_shape_with_any_values(
    kind: str, around: bool, pieces: list[str], one: dict[str, str], other: dict[str, str],
) -> None:
    before, behind = _AROUND[kind] if around else ("", "")
    template = before + "".join(pieces) + behind
    assume(not list(bodies.flaws(kind, template)))

    first, second = (bodies.rendered(kind, template, each) or b"" for each in (one, other))

    if kind == "json":
        assert _shape(json.loads(first)) == _shape(json.loads(second))
    elif kind == "xml":
        assert _tree(ElementTree.fromstring(first)) == _tree(ElementTree.fromstring(second))
    else:
        assert _names(first.decode()) == _names(second.decode())


@given(told())
def test_a_value_that_looks_like_a_placeholder_stays_what_it_is(told: dict[str, str]) -> None:
    told = told | {"text": "{secret}{to}"}

    assert filled("{text}", told) == "{secret}{to}"
    assert json.loads(body("json", '{"to": "{to}", "text": "{text}"}', told))["text"] == "{secret}{to}"


@pytest.mark.parametrize(("described", "flaw"), [
    ({"body": '{"to": "{to}", "text": "{texd}"}'}, Flaw.UNKNOWN),
    ({"body": '{"to": "{to}"}'}, Flaw.NO_TEXT),
    ({"body": '{"text": "{text}"}'}, Flaw.NO_NUMBER),
    ({"body": '{"to": "{to}", "text": {text}}'}, Flaw.JSON),
    ({"body": '{"to": {to}, "text": "{text}"}'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "{text}": 1}'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "text": "\\{text}"}'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "text": "{text}"'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "text": "{text}", "x": NaN}'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "text": "{text}", "x": "\\u007bnobody\\u007d"}'}, Flaw.JSON),
    ({"body": '{"to": "{to}", "text": "{text}", "to": "x"}'}, Flaw.JSON),
    ({"body": "[" * 5_000 + "]" * 5_000}, Flaw.JSON),
    ({"body": " " * 20_000}, Flaw.LONG),
    ({"body_type": "form", "body": "{to}={text}"}, Flaw.FORM),
    ({"body_type": "form", "body": "to={to}&text={text}&x"}, Flaw.FORM),
    ({"body_type": "form", "body": "to={to}&text=a b {text}"}, Flaw.FORM),
    ({"body_type": "form", "body": "to={to}&text=%{text}"}, Flaw.FORM),
    ({"body_type": "form", "body": ""}, Flaw.FORM),
    ({"body_type": "xml", "body": "<a>{to}<{text}/></a>"}, Flaw.XML),
    ({"body_type": "xml", "body": "<a to={to}>{text}</a>"}, Flaw.XML),
    ({"body_type": "xml", "body": "<a>{to}<![CDATA[{text}]]></a>"}, Flaw.XML),
    ({"body_type": "xml", "body": "<a>{to}<!--{text}--></a>"}, Flaw.XML),
    ({"body_type": "xml", "body": "<!DOCTYPE a [<!ENTITY x 'y'>]><a>{to}{text}</a>"}, Flaw.XML),
    ({"body_type": "xml", "body": "<?xml version='1.0' encoding='UTF-7'?><a>{to}{text}</a>"}, Flaw.XML),
    ({"body_type": "text", "body": "{text} to {to}"}, Flaw.TEXT_LAST),
    ({"body_type": "text", "body": "{to} {text}{text}"}, Flaw.TEXT_LAST),
    ({"body_type": "none"}, Flaw.BODY),
    ({"body_type": "yaml"}, Flaw.BODY_TYPE),
    ({"method": "GET"}, Flaw.BODY),
    ({"method": "DELETE"}, Flaw.METHOD),
    ({"address": "https://api.example.com/{text}"}, Flaw.PLACE),
    ({"address": "https://{from}/"}, Flaw.ADDRESS),
    ({"address": "https://api.example.com:{id}/"}, Flaw.ADDRESS),
    ({"address": "https://api.example.com/{secret"}, Flaw.ADDRESS),
    ({"address": "https://api.example.com/%{id}"}, Flaw.ADDRESS),
    ({"address": "https://api.example.com/{nobody}"}, Flaw.UNKNOWN),
    ({"address": "https://api.example.com/" + "x" * 1_000}, Flaw.ADDRESS),
    ({"headers": [["X-Text", "{text}"]]}, Flaw.PLACE),
    ({"headers": [["X-Key", "a{b"]]}, Flaw.BRACE),
    ({"headers": [["X-Key", ""]]}, Flaw.HEADER),
    ({"headers": [["X Key", "a"]]}, Flaw.HEADER),
    ({"headers": [["X-Key", "a\r\nHost: b"]]}, Flaw.HEADER),
    ({"headers": [["X-Key", "ä"]]}, Flaw.HEADER),
    ({"headers": [["hOST", "a"]]}, Flaw.HEADER_OURS),
    ({"headers": [["Transfer-Encoding", "chunked"]]}, Flaw.HEADER_OURS),
    ({"headers": [["X", "a"]] * 21}, Flaw.LONG),
    ({"statuses": "2xx"}, Flaw.STATUSES),
    ({"statuses": "200,"}, Flaw.STATUSES),
    ({"success": {"path": "a..b", "values": []}}, Flaw.PATH),
    ({"refused": {"path": "", "values": []}}, Flaw.CONDITION),
    ({"reference": "a b"}, Flaw.PATH),
    ({"ca": "nonsense"}, Flaw.CA),
    ({"ca": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, Flaw.CA),
])
def test_what_cannot_be_right_is_refused_with_its_reason(described: dict[str, Any], flaw: Flaw) -> None:
    assert flaw in flaws(**described)


@pytest.mark.parametrize(("described", "flaw"), [
    ({"address": "x@{to_digits}.example.com"}, Flaw.MAIL_ADDRESS), ({"address": "{text}@example.com"}, Flaw.PLACE),
    ({"address": "{to}@"}, Flaw.MAIL_ADDRESS), ({"address": "a@example.com, {to}@example.com"}, Flaw.MAIL_ADDRESS),
    ({"address": "<{to}@example.com>"}, Flaw.MAIL_ADDRESS), ({"address": "{nobody}@example.com"}, Flaw.UNKNOWN),
    ({"subject": "{text}"}, Flaw.PLACE), ({"subject": "a\nBcc: b"}, Flaw.SUBJECT), ({"body": "{text}\nbye"}, Flaw.TEXT_LAST),
    ({"body": "hello"}, Flaw.NO_TEXT), ({"address": "all@example.com"}, Flaw.NO_NUMBER), ({"from": "me"}, Flaw.MAIL_FROM),
])
def test_what_cannot_be_right_of_mail_is_refused_with_its_reason(described: dict[str, str], flaw: Flaw) -> None:
    found = mail_settings.flaws({"address": "{to_digits}@sms.example.com", "body": "{text}"} | described)

    assert flaw in {wrong.flaw for wrong in found}


def test_every_placeholder_stands_for_something() -> None:
    assert set(values(Outgoing(id=1, to="+49", text="x", lifetime=1, sender="x"), "")) == ALL


def _examples() -> list[tuple[str, list[list[str]], str]]:
    """Address, headers and body of each provider that docs/operations.md describes."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.findall(r"```\nPOST (https://\S+)\n((?:[A-Z][\w-]*: [^\n]+\n)+)\n(.+?)\n\nStatuses", text, re.DOTALL)
    return [(address, [line.split(": ", 1) for line in headers.splitlines()], body) for address, headers, body in found]


@pytest.mark.parametrize(("example", "body_type"), list(zip(_examples(), ["json", "form"], strict=True)))
def test_the_providers_that_the_documentation_describes_can_be_entered(
    example: tuple[str, list[list[str]], str], body_type: str,
) -> None:
    address, headers, body = example

    assert flaws(address=address, headers=headers, body_type=body_type, body=body) == set()
