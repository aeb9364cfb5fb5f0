"""What does a gateway say afterwards of what it took? Signed webhooks, said again until the portal has heard them."""

from __future__ import annotations

import http.client
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.faults_plan import Said, Tale
from tests.gateway import Gateway, Text
from tests.hooks import STATUS, VOICE, Hook, hook, status

AGAIN_AFTER = 0.5
"""Seconds after which a webhook is said again that was not heard."""
REALLY_REFUSED = 15.0
"""Seconds for which one is said again that is refused after an answer to it was lost: it may be in a hand that is dead."""
_OF_TEXT = {Said.TAKEN: "submitted", Said.DELIVERED: "delivered", Said.UNDELIVERABLE: "undeliverable"}
_OF_CALL = {Said.TAKEN: "ringing", Said.DELIVERED: "completed", Said.UNDELIVERABLE: "failed"}
_TOOK_IT, _REFUSED, _SERVER_FAULT = 200, 401, 500


def message_id(text: Text) -> int:
    """Which message of the portal's this text or call is; 0 for none."""
    events = text.fields.get("event_url")
    named = parse_qs(urlsplit(events[0]).query).get("message", ["0"])[0] if events else text.client_ref
    return int(named or 0)


@dataclass
class _News:
    """One webhook on its way. `lost_at`: when it may have been heard without our knowing, for the last time."""

    message: int
    said: Said
    hook: Hook
    at: float
    lost_at: float | None = None

    def comes_again(self, answer: int | None) -> bool:
        """Whether it is said again after that answer, or none."""
        if answer is None:
            self.lost_at = time.monotonic()
        in_hand = answer == _REFUSED and self.lost_at is not None and time.monotonic() < self.lost_at + REALLY_REFUSED
        return answer is None or answer >= _SERVER_FAULT or in_hand


class Postman:
    """Says of each message that was taken what `tale` is at that moment, and keeps what was `heard`, by message."""

    def __init__(self, portal: str, gateways: Sequence[Gateway]) -> None:
        self.tale: Tale = ()
        self.heard: dict[int, list[Said]] = defaultdict(list)
        self.refused: list[str] = []
        self._netloc, self._gateways = portal, gateways
        self._due: list[_News] = []
        self._under_way = 0
        self._seen: dict[int, int] = defaultdict(int)
        self._lock, self._ends = threading.Lock(), threading.Event()
        self._pool = ThreadPoolExecutor(4)
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Postman:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._pool.shutdown()

    def waits(self) -> list[str]:
        """What the portal has not heard yet, one line each."""
        with self._lock:
            left = [f"message {news.message}: nobody heard that it was {news.said}" for news in self._due]
            return left + ["a webhook is under way"] * self._under_way

    def _work(self) -> None:
        while not self._ends.wait(0.01):
            with self._lock:
                self._look()
                now = [news for news in self._due if news.at <= time.monotonic()]
                self._due = [news for news in self._due if news not in now]
                self._under_way += len(now)
            for news in now:
                self._pool.submit(self._say, news)

    def _look(self) -> None:
        """Begin the tale of whatever was taken since the last look."""
        for at, taken in enumerate(kept for each in self._gateways for kept in (each.accepted, each.calls)):
            fresh = taken[self._seen[at]:]
            self._seen[at] += len(fresh)
            self._due += [_news(text, said, seconds) for text in fresh for seconds, said in self.tale]

    def _say(self, news: _News) -> None:
        answer = self._answer(news.hook)
        with self._lock:
            self._under_way -= 1
            if news.comes_again(answer):
                news.at = time.monotonic() + AGAIN_AFTER
                self._due.append(news)
            elif answer == _TOOK_IT or (answer == _REFUSED and news.lost_at):
                self.heard[news.message].append(news.said)
            else:
                self.refused.append(f"message {news.message}: that it was {news.said} was answered with {answer}")

    def _answer(self, said: Hook) -> int | None:
        connection = http.client.HTTPConnection(self._netloc, timeout=10)
        try:
            connection.request(said.method, said.path, body=said.body, headers=dict(said.headers))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _news(text: Text, said: Said, seconds: float) -> _News:
    message, at = message_id(text), time.monotonic() + seconds
    if text.client_ref is not None:
        return _News(message, said, hook(STATUS, status(message, _OF_TEXT[said], reference=text.reference)), at)
    event: dict[str, Any] = {"uuid": text.reference, "timestamp": "2026-11-28T12:14:25Z", "direction": "outbound",
                             "status": _OF_CALL[said]}
    return _News(message, said, hook(f"{VOICE}?message={message}", event), at)
