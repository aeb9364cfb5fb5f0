"""How does a test stand before a certified OpenID Connect provider, and sign in there? It is the npm package `oidc-provider`."""

from __future__ import annotations

import json
import os
import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.processes import Server, program
from tests.provider import parameters
from tests.servers import ROOT

FOLDER = ROOT / "tests" / "providers"
_FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_INPUT = re.compile(r"<input[^>]*>")


class CertifiedProvider(Server):
    """The provider with these clients, each a dict in its own words."""

    def __init__(self, *clients: dict[str, object]) -> None:
        super().__init__()
        if not (FOLDER / "node_modules").is_dir():
            pytest.skip("the certified provider is not installed: `make test` installs it where it may")
        self.url = f"http://127.0.0.1:{self.port}"
        self.clients = clients

    def command(self) -> list[str]:
        return [program("node"), str(FOLDER / "provider.js")]

    def surroundings(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PORT": str(self.port), "CLIENTS": json.dumps(self.clients)}


class Person:
    """Somebody with a browser at the provider, which remembers them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.typed = 0

    def signs_in(self, address: str) -> dict[str, str]:
        """Sign in and agree, as far as the provider asks; what the browser brings back to the portal."""
        return parameters(self._walks(address))

    def refuses(self, address: str) -> dict[str, str]:
        """Leave by the link that says no."""
        answer = self.browser.get(address, timeout=5)
        link = re.search(r'href="([^"]*/abort)"', answer.text)
        assert link, answer.text
        return parameters(self._walks(urljoin(answer.url, link[1])))

    def _walks(self, address: str) -> str:
        host = urlsplit(address).netloc
        method: str = "GET"
        form: dict[str, str] = {}
        for _ in range(12):
            answer = self.browser.request(method, address, data=form, allow_redirects=False, timeout=5)
            method, form = "GET", {}
            if answer.is_redirect:
                address = urljoin(address, answer.headers["Location"])
                if urlsplit(address).netloc != host:
                    return address
                continue
            method, address, form = "POST", *self._fills(address, answer)
        raise AssertionError("goes round in circles")

    def _fills(self, address: str, answer: requests.Response) -> tuple[str, dict[str, str]]:
        found = _FORM.search(answer.text)
        assert answer.ok, answer.text
        assert found, answer.text
        fields = dict(_named(each) for each in _INPUT.findall(found[2]))
        if "login" in fields:
            self.typed += 1
            fields |= {"login": self.name, "password": "any"}
        return urljoin(address, unescape(found[1])), fields


def _named(field: str) -> tuple[str, str]:
    about = dict(re.findall(r'(\w+)="([^"]*)"', field))
    return about.get("name", ""), unescape(about.get("value", ""))
