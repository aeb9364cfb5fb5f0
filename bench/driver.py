"""How does a browser walk through a complete sign-in, request by request?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Self
from urllib.parse import urlencode, urlsplit

PATIENCE = 30.0  # seconds; longer than any answer that is not a fault
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class UnexpectedAnswer(Exception):
    """The server did not answer as a sign-in should."""


@dataclass(frozen=True)
class Answer:
    """One response; `location` is the path to follow, empty where there is none."""

    status: int
    location: str
    headers: Mapping[str, str]
    text: str


class Connection:
    """A kept-alive connection to one server, opened again when the server has closed it in a pause."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.close()

    def rest(self) -> None:
        """Close the connection before a pause, so that no request meets a server that is closing it."""
        self._http.close()

    def send(self, method: str, path: str, *, body: str | None, headers: Mapping[str, str]) -> HTTPResponse:
        """Return the answer to one request, its body unread."""
        self._http.request(method, path, body=body, headers=dict(headers))
        return self._http.getresponse()


@dataclass
class Visitor:
    """A browser of one person: cookies of its own on a connection that it may share."""

    connection: Connection
    cookies: dict[str, str] = field(default_factory=dict)
    form_token: str = ""

    def opens(self, path: str) -> Answer:
        """Load a page and remember its hidden token."""
        return self._request("GET", path, body=None, headers={})

    def submits(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Post a form with the token of the page seen last."""
        body = urlencode({**fields, "csrf_token": self.form_token})
        return self._request("POST", path, body=body, headers=FORM)

    def _request(self, method: str, path: str, *, body: str | None, headers: Mapping[str, str]) -> Answer:
        response = self.connection.send(method, path, body=body, headers={**headers, **self._cookie_header()})
        answer = _read(response)
        self._keep_cookies(response)
        found = CSRF_FIELD.search(answer.text)
        if found:
            self.form_token = found[1] or found[2]
        return answer

    def _cookie_header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()


def first_factor(visitor: Visitor, *, identifier: str, password: str) -> list[Answer]:
    """Walk GET login and POST password; the visitor then stands before the code page."""
    form = _expected(visitor.opens("/login"), status=200)
    answer = visitor.submits("/login", {"identifier": identifier, "password": password})
    return [form, _expected(answer, status=303, location="/login/code")]


def second_factor(visitor: Visitor, code: str) -> list[Answer]:
    """Walk GET code page, POST code and GET home; the visitor is then signed in."""
    form = _expected(visitor.opens("/login/code"), status=200)
    answer = _expected(visitor.submits("/login/code", {"code": code}), status=303, location="/")
    return [form, answer, _expected(visitor.opens("/"), status=200)]


def _read(response: HTTPResponse) -> Answer:
    text = response.read().decode()
    target = urlsplit(response.headers.get("Location", "")).path
    return Answer(response.status, target, dict(response.headers.items()), text)


def _expected(answer: Answer, *, status: int, location: str = "") -> Answer:
    if (answer.status, answer.location) != (status, location):
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:300]
        raise UnexpectedAnswer(f"{answer.status} {answer.location!r} instead of {status} {location!r}: {shown}")
    return answer
