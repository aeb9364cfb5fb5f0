"""What does a person find on a page? Its words, its forms and their fields, read from the HTML as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SILENT = {"head", "script", "style", "template", "noscript"}


class Node:
    """An element with its attributes, its parts in order (text or elements), and the element around it."""

    def __init__(self, tag: str, attributes: dict[str, str], around: Node | None = None) -> None:
        self.tag, self.attributes, self.around = tag, attributes, around
        self.parts: list[Node | str] = []

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attributes

    def walk(self) -> Iterator[Node]:
        for part in self.parts:
            if isinstance(part, Node):
                yield part
                yield from part.walk()

    def all(self, *tags: str) -> list[Node]:
        return [node for node in self.walk() if node.tag in tags]

    def inside(self, tag: str) -> Node | None:
        """The nearest element of that kind around this one."""
        node = self.around
        while node and node.tag != tag:
            node = node.around
        return node

    def words(self) -> str:
        """What can be read in it, blanks collapsed. Hidden parts are left out, read-only fields are read."""
        return " ".join("".join(self._said()).split())

    def _said(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            elif part.tag == "input" and part.has("readonly"):
                yield f" {part.get('value')} "
            elif part.tag not in SILENT and not part.has("hidden"):
                within = part.tag in {"b", "strong", "em", "span", "a", "bdi", "wbr"}
                yield from part._said() if within else (" ", *part._said(), " ")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.here = self.root = Node("", {})
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.parts.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.here
        while node and node.tag != tag:
            node = node.around
        if node and node.around:
            self.here = node.around

    def handle_data(self, data: str) -> None:
        self.here.parts.append(data)


class Page:
    """A page of HTML."""

    def __init__(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        self.html, self.root, self.doctype = html, reader.root, reader.doctype

    @property
    def title(self) -> str:
        return " ".join(node.words() for node in self.titles)

    @property
    def titles(self) -> list[Node]:
        """The page's own; a part of a picture has one, too."""
        return [node for node in self.root.all("title") if not node.inside("svg")]

    @property
    def heading(self) -> str:
        return " ".join(node.words() for node in self.root.all("h1"))

    @property
    def text(self) -> str:
        return " ".join(node.words() for node in self.root.all("body"))

    def by_id(self, name: str) -> Node | None:
        return next((node for node in self.root.walk() if node.get("id") == name), None)

    def label(self, field: Node) -> str:
        """What a field is called, for those who see the page and for those who hear it."""
        named = [node for name in field.get("aria-labelledby").split() if (node := self.by_id(name))]
        tied = [node for node in self.root.all("label") if field.get("id") and node.get("for") == field.get("id")]
        around = [node for node in (field.inside("label"),) if node]
        return field.get("aria-label") or " ".join(node.words() for node in named or tied or around)

    @property
    def forms(self) -> list[Form]:
        return [Form(self, node) for node in self.root.all("form")]


class Form:
    """A form with its fields, wherever on the page they stand."""

    def __init__(self, page: Page, node: Node) -> None:
        self.page, self.node = page, node
        self.method = node.get("method").upper() or "GET"
        self.action = node.get("action")

    def _own(self, *tags: str) -> list[Node]:
        return [node for node in self.page.root.all(*tags)
                if (node.get("form") == self.node.get("id") if node.has("form") else node.inside("form") is self.node)]

    @property
    def fields(self) -> list[Node]:
        return [node for node in self._own("input", "select", "textarea")
                if node.get("type") not in ("submit", "button", "reset", "image") and not node.has("disabled")]

    @property
    def buttons(self) -> list[Node]:
        return [node for node in self._own("button") if node.get("type") not in ("button", "reset") and not node.has("disabled")]

    def find(self, name: str) -> Node | None:
        """The field of that name or label; of several radio buttons of one name the first."""
        called = [node for node in self.fields if name in (node.get("name"), self.page.label(node))]
        return called[0] if called else None

    def values(self) -> list[tuple[str, str]]:
        """What would be sent if nothing was changed."""
        return [(node.get("name"), value) for node in self.fields if node.has("name") for value in _sent(node)]


def _sent(field: Node) -> list[str]:
    if field.tag == "textarea":
        return ["".join(part for part in field.parts if isinstance(part, str)).removeprefix("\n")]
    if field.tag == "select":
        options = field.all("option")
        chosen = [node for node in options if node.has("selected")] or options[:1]
        return [node.get("value") if node.has("value") else node.words() for node in chosen]
    if field.get("type") in ("checkbox", "radio"):
        return [field.attributes.get("value", "on")] if field.has("checked") else []
    return [field.get("value")]
