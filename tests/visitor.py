"""What would a person do who has a browser without script? Opens pages, fills the forms found there, follows where they lead."""

from __future__ import annotations

import json
import re
import time
from http.cookies import Morsel, SimpleCookie
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tests.page_rules import faults
from tests.pages import Form, Node, Page
from tests.transports import Answer, Headers, Transport
from tests.uploads import MULTIPART, multipart

FORM = "application/x-www-form-urlencoded"
REDIRECTS = (301, 302, 303, 307, 308)


class Visitor:
    """A person with one browser: its cookies, the page that is open, and what has been typed into it."""

    def __init__(self, transport: Transport, *, address: str = "127.0.0.1", language: str = "en", agent: str = "Firefox") -> None:
        self.transport, self.address = transport, address
        self.about: Headers = [("User-Agent", agent), ("Accept-Language", language), ("Accept", "text/html")]
        self.cookies: dict[str, Morsel[str]] = {}
        self.typed: dict[str, str | bool] = {}
        self.chosen: dict[str, tuple[str, bytes]] = {}
        self.redirects: list[tuple[int, str]] = []
        self.read: set[str] = set()
        self.path, self.answer, self.page = "", Answer(0, [], b""), Page("")

    @property
    def status(self) -> int:
        return self.answer.status

    def opens(self, path: str) -> Visitor:
        """Go to an address, as by typing it, and on to wherever it leads."""
        return self._goes("GET", path)

    def fills(self, field: str = "", value: str | bool = "", **values: str | bool) -> Visitor:
        """Type into the field of that label or name; tick or untick a box with True or False; choose an option by its words."""
        for name, typed in (({field: value} if field else {}) | values).items():
            node = self.form(name).find(name)
            assert node is not None
            self.typed[node.get("name")] = typed
        return self

    def chooses(self, field: str, name: str, content: bytes) -> Visitor:
        """Choose a file of that name for the field of that label or name."""
        node = self.form(field).find(field)
        assert node is not None
        assert node.get("type") == "file", f"{field} takes no file"
        self.chosen[node.get("name")] = (name, content)
        return self

    def form(self, *names: str, button: str = "") -> Form:
        """The form on the page with all those fields and, if given, that button."""
        forms = [form for form in self.page.forms if all(form.find(name) for name in names)]
        chosen = [form for form in forms if not button or any(button == node.words() for node in form.buttons)]
        assert chosen, f"no form with {[*names, button]} at {self.path} ({self.status}): {self.page.text!r}"
        return chosen[0]

    def submits(self, button: str = "") -> Visitor:
        """Press the button of that name, or Enter in what has been filled."""
        form = self.form(*self.typed, *self.chosen, button=button)
        pressed = [node for node in form.buttons if not button or node.words() == button][:1]
        values = [*self._values(form), *((node.get("name"), node.get("value")) for node in pressed if node.has("name"))]
        target = pressed[0].get("formaction") if pressed else ""
        return self._sends(form.method, urljoin(self.path, target or form.action or self.path), values, form.node.get("enctype"))

    def posts(self, path: str, **values: str) -> Visitor:
        """Send fields of one's own making to an address, with the token of the page that is open."""
        tokens = [("csrf_token", token) for token in self.tokens[:1] if "csrf_token" not in values]
        return self._sends("POST", path, [*tokens, *values.items()])

    @property
    def tokens(self) -> list[str]:
        """The CSRF tokens on the page that is open."""
        return [dict(form.values())["csrf_token"] for form in self.page.forms if form.find("csrf_token")]

    def clicks(self, words: str) -> Visitor:
        """Follow the link with those words."""
        links = [node for node in self.page.root.all("a") if words in (node.words(), self.page.label(node))]
        assert links, f"no link {words!r} at {self.path}: {self.page.text!r}"
        return self._goes("GET", urljoin(self.path, links[0].get("href")))

    def sees(self, *texts: str) -> bool:
        """True when the page says all of it; fails, showing the page, when not."""
        missing = [text for text in texts if " ".join(text.split()) not in self.page.text]
        assert not missing, f"does not see {missing} at {self.path} ({self.status}): {self.page.text!r}"
        return True

    def does_not_see(self, *texts: str) -> bool:
        """True when the page, its source included, says nothing of it; fails, showing the page, when it does."""
        present = [text for text in texts if text in self.page.text or text in self.page.html]
        assert not present, f"sees {present} at {self.path} ({self.status}): {self.page.text!r}"
        return True

    def logs_in(self, identifier: str, password: str) -> Visitor:
        """Open the login page and give both."""
        return self.opens("/login").fills(identifier=identifier, password=password).submits()

    def enters_code(self, phone: str) -> Visitor:
        """Read the next text message to that number and type its code."""
        return self.fills(code=self.reads_code(phone)).submits()

    def reads_text_message(self, phone: str, *, seconds: float = 15) -> str:
        """The newest text message to that number (E.164) not read before. Waits for one; fails when none comes."""
        end = time.monotonic() + seconds
        while not (unread := [each for each in self.text_messages(phone) if str(each["id"]) not in self.read]):
            assert time.monotonic() < end, f"no text message to {phone} within {seconds:g} s"
            time.sleep(0.05)
        self.read.update(str(each["id"]) for each in unread)
        return str(unread[0]["text"])

    def reads_code(self, phone: str) -> str:
        """The code in the next text message to that number, taken from its last line, as a phone does."""
        text = self.reads_text_message(phone)
        found = re.search(r"^@\S+ #(\d+)$", text.splitlines()[-1])
        assert found, text
        return found[1]

    def hears_code(self, phone: str, *, seconds: float = 15) -> str:
        """The code as the newest call to that number tells it: digit by digit, and all of it twice. Waits for one."""
        end = time.monotonic() + seconds
        while not (calls := [each for each in self.text_messages(phone) if each["channel"] == "voice"]):
            assert time.monotonic() < end, f"no call to {phone} within {seconds:g} s"
            time.sleep(0.05)
        digits = re.findall(r"\d", str(calls[0]["text"]))
        assert digits[: len(digits) // 2] == digits[len(digits) // 2 :], calls[0]
        return "".join(digits[: len(digits) // 2])

    def text_messages(self, phone: str) -> list[dict[str, object]]:
        """All text messages to that number, newest first."""
        self.transport.settle()
        inbox = f"/inbox?format=json&to={quote(phone)}"
        answer = self.transport.send("GET", inbox, headers=[], content=b"", address="127.0.0.1")
        assert answer.status == 200, answer.text
        found: list[dict[str, object]] = json.loads(answer.text)
        return found

    def sends(self, method: str, path: str, *, content: bytes = b"", headers: Headers | None = None) -> Answer:
        """One request as it is, with the browser's cookies, and no redirect followed."""
        held = "; ".join(f"{name}={each.coded_value}" for name, each in self.cookies.items())
        sent = [*self.about, *([("Cookie", held)] if held else []), *(headers or [])]
        answer = self.transport.send(method, path, headers=sent, content=content, address=self.address)
        self._keeps_cookies(answer)
        return answer

    def _sends(self, method: str, path: str, values: list[tuple[str, str]], kind: str = "") -> Visitor:
        path = path.partition("#")[0]
        if method == "GET":
            return self._goes("GET", f"{path.partition('?')[0]}?{urlencode(values)}")
        if kind == "multipart/form-data":
            return self._goes(method, path, content=multipart(values, self.chosen), kind=MULTIPART)
        return self._goes(method, path, content=urlencode(values).encode())

    def _goes(self, method: str, path: str, *, content: bytes = b"", kind: str = FORM) -> Visitor:
        self.redirects, self.typed, self.chosen = [], {}, {}
        # What is behind the # stays with the browser.
        path = path.partition("#")[0]
        while True:
            self._visits(method, path, content, kind)
            if self.status not in REDIRECTS:
                break
            self.redirects.append((self.status, self.answer.header("location")))
            assert len(self.redirects) < 10, f"goes round in circles: {self.redirects}"
            path = self._local(urljoin(self.transport.origin + path, self.answer.header("location")))
            method, content = ("GET", b"") if self.status < 307 else (method, content)
        return self

    def _visits(self, method: str, path: str, content: bytes, kind: str) -> None:
        origin = self.transport.origin
        came = [("Referer", origin + self.path)] if self.path else []
        posted = [("Content-Type", kind), ("Origin", origin)] if method == "POST" else []
        self.answer = self.sends(method, path, content=content, headers=[*came, *posted])
        self.path = path
        self.page = Page(self.answer.text)
        if "html" in self.answer.header("content-type") and self.status not in REDIRECTS:
            found = faults(self.answer.text, {name.lower(): value for name, value in self.answer.headers})
            assert not found, f"{method} {path} ({self.status}): {found}"

    def _local(self, address: str) -> str:
        parts = urlsplit(address)
        assert address.startswith(self.transport.origin + "/"), f"led away to {address}"
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _keeps_cookies(self, answer: Answer) -> None:
        for value in (value for name, value in answer.headers if name.lower() == "set-cookie"):
            for name, morsel in SimpleCookie(value).items():
                gone = morsel["max-age"] == "0" or morsel["expires"].endswith("1970 00:00:00 GMT")
                self.cookies.pop(name, None) if gone else self.cookies.update({name: morsel})

    def _values(self, form: Form) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in form.values() if name not in self.typed]
        return [*kept, *((name, value) for name, typed in self.typed.items() for value in _typed(form, name, typed))]


def _typed(form: Form, name: str, typed: str | bool) -> list[str]:
    nodes = [node for node in form.fields if node.get("name") == name]
    if isinstance(typed, bool):
        return [nodes[0].attributes.get("value", "on")] if typed else []
    return [_option(form, nodes, typed)]


def _option(form: Form, nodes: list[Node], typed: str) -> str:
    """The value behind an option's or a radio button's words; anything else is typed as it is."""
    options = [(each.get("value"), each.words()) for node in nodes for each in node.all("option")]
    radios = [(node.get("value"), form.page.label(node)) for node in nodes if node.get("type") == "radio"]
    if not options and not radios:
        return typed
    found = [value for value, words in options + radios if typed in (value, words)]
    assert found, f"no choice {typed!r} among {options + radios}"
    return found[0]
