"""Is a browser called what it is, whatever else it pretends to be?"""

from __future__ import annotations

import pytest
from flask import Flask

from portal.web.agents import device_words

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox on Linux",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/126.0.0.0 Safari/537.36": "Chrome on Windows",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/126.0.0.0 Safari/537.36 Edg/126.0": "Edge on Windows",
    f"Mozilla/5.0 (Windows NT 10.0) {KHTML} Chrome/124.0 Safari/537.36 OPR/110.0": "Opera on Windows",
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {KHTML} Chrome/126.0 Mobile Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (Linux; Android 14; SM-S911B) {KHTML} SamsungBrowser/25.0 Chrome/121.0 Safari/537.36":
        "Samsung Internet on Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/17.5 Safari/604.1":
        "Safari on iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) MicroMessenger/8.0.49":
        "WeChat on iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 (KHTML, like Gecko) Version/17.5 Safari/605":
        "Safari on macOS",
    "Mozilla/5.0 (X11; CrOS x86_64 14541) Something/1": "Unknown browser on ChromeOS",
    "curl/8.5.0": "curl",
    "flask portal": "flask portal",
    "<script>alert(1)</script>": "Unknown browser",
    "": "Unknown browser",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_is_called_browser_and_system(app: Flask, agent: str) -> None:
    with app.test_request_context():
        assert device_words(agent) == AGENTS[agent]


def test_no_agent_is_an_unknown_browser(app: Flask) -> None:
    with app.test_request_context():
        assert device_words(None) == "Unknown browser"
