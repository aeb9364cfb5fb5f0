"""What must every page hold that anybody ever sees? Checked on each page that a test opens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.pages import Node, Page

POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
          "base-uri 'none'")
TARGETS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list")


def faults(html: str, headers: dict[str, str]) -> list[str]:
    """Everything that is wrong with a page and the headers (names in lower case) that came with it."""
    page = Page(html)
    return [*_structure(page), *_nothing_inline(page), *_fields(page), *_references(page), *_headers(headers), *_forms(page)]


def _structure(page: Page) -> Iterator[str]:
    if page.doctype != "doctype html":
        yield "no <!doctype html>"
    if not re.match(r"^[a-z]{2}(-[A-Za-z]+)*$", " ".join(node.get("lang") for node in page.root.all("html"))):
        yield "no language on <html>"
    titles, mains, headings = page.titles, page.root.all("main"), page.root.all("h1")
    if len(titles) != 1 or not titles[0].parts:
        yield "not exactly one <title> with words"
    if len(headings) != 1 or not page.heading:
        yield f"{len(headings)} <h1>, not one with words"
    if len(mains) != 1:
        yield f"{len(mains)} <main>, not one"
    ids = Counter(node.get("id") for node in page.root.walk() if node.has("id"))
    yield from (f"id {name!r} twice" for name, times in ids.items() if times > 1)


def _nothing_inline(page: Page) -> Iterator[str]:
    for node in page.root.walk():
        if node.tag == "style" or node.has("style"):
            yield f"inline style on <{node.tag}>"
        if node.tag == "script" and (not node.get("src") or node.parts):
            yield "inline script"
        yield from (f"handler {name} on <{node.tag}>" for name in node.attributes if name.startswith("on"))
        if node.get("href").lower().startswith("javascript:"):
            yield "a javascript: address"


def _fields(page: Page) -> Iterator[str]:
    for node in page.root.all("input", "select", "textarea"):
        if node.get("type") not in ("hidden", "submit", "button") and not page.label(node):
            yield f"field {node.get('name')!r} has no label"
    for node in page.root.all("button", "a"):
        if not node.words() and not page.label(node):
            yield f"<{node.tag}> without words"
    yield from (f"image {node.get('src')} without alt" for node in page.root.all("img") if not node.has("alt"))


def _references(page: Page) -> Iterator[str]:
    ids = {node.get("id") for node in page.root.walk() if node.has("id")}
    for node in page.root.walk():
        for name in TARGETS:
            lost = [target for target in node.get(name).split() if target not in ids]
            yield from (f"{name}={target!r} on <{node.tag}> points nowhere" for target in lost)
        outside = _loaded(node)
        if re.match(r"^(https?:)?//", outside):
            yield f"loads {outside} from elsewhere"


def _loaded(node: Node) -> str:
    return node.get("href") if node.tag == "link" else node.get("src")


def _forms(page: Page) -> Iterator[str]:
    for form in page.forms:
        if form.method == "POST" and not dict(form.values()).get("csrf_token"):
            yield f"form to {form.action!r} has no csrf_token"
        if form.method == "GET" and any(node.get("type") == "password" for node in form.fields):
            yield "a password would be sent in an address"


def _headers(headers: dict[str, str]) -> Iterator[str]:
    policy = headers.get("content-security-policy", "")
    yield from (f"policy without {part!r}" for part in POLICY if part not in policy)
    if "unsafe" in policy:
        yield "an unsafe policy"
    if "utf-8" not in headers.get("content-type", "").lower():
        yield "no utf-8 charset"
    if headers.get("x-content-type-options") != "nosniff":
        yield "no nosniff"
    if not headers.get("referrer-policy"):
        yield "no Referrer-Policy"
    if "no-store" not in headers.get("cache-control", ""):
        yield "may be stored in a cache"
