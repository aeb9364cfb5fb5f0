"""How do many browsers behave that all show a code to scan? As the page's script does: each asks when it was told to."""

import asyncio
import contextlib
import json
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Any

AT_ONCE = 8  # pages that open at the same time
LOOKING = 10.0  # seconds within which all people look up from something else
POLL = re.compile(r'data-poll="([^"]+)" data-again="([\d.]+)"')
COOKIE = re.compile(rb"set-cookie: ([^;]+)", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
START = 120.0  # seconds until all pages must be open
_SPAWN = multiprocessing.get_context("spawn")  # a process of their own, so that they take nothing from the clients' interpreter


class NotOpen(Exception):
    """Not all pages could be opened in time."""


@dataclass(frozen=True)
class Pages:
    """Open pages that show a code: the process of their browsers, whether somebody looks, and how often they have asked."""

    process_id: int
    looked_at: Event
    asked: "Synchronized[int]"


@contextmanager
def pages(port: int, count: int) -> Iterator[Pages]:
    """Open so many pages, at which nobody looks yet, each in a browser and on a connection of its own."""
    looked_at, opened, asked = _SPAWN.Event(), _SPAWN.Event(), _SPAWN.Value("i", 0)
    process = _SPAWN.Process(target=_browse, args=(port, count, looked_at, opened, asked), daemon=True)
    process.start()
    try:
        if not opened.wait(START):
            raise NotOpen(f"{count} pages have not opened in {START:.0f} s")
        assert process.pid is not None
        yield Pages(process.pid, looked_at, asked)
    finally:
        process.terminate()
        process.join()


def _browse(port: int, count: int, looked_at: Event, opened: Event, asked: "Synchronized[int]") -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_all(port, count, looked_at, opened, asked))


async def _all(port: int, count: int, looked_at: Event, opened: Event, asked: "Synchronized[int]") -> None:
    gate, seen = asyncio.Semaphore(AT_ONCE), asyncio.Event()
    browsers = [Browser(port, gate, seen, asked) for _ in range(count)]
    await asyncio.gather(*(browser.opens() for browser in browsers))
    opened.set()
    everybody = [asyncio.create_task(browser.waits()) for browser in browsers]
    while not any(each.done() for each in everybody):
        seen.set() if looked_at.is_set() else seen.clear()
        await asyncio.sleep(0.05)
    await asyncio.gather(*everybody)


class Browser:
    """One browser with one page."""

    def __init__(self, port: int, gate: asyncio.Semaphore, seen: asyncio.Event, asked: "Synchronized[int]") -> None:
        self._port, self._gate, self._seen, self._asked = port, gate, seen, asked
        self._cookie, self._poll, self._at = b"", "", 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def opens(self) -> None:
        """Show a new code."""
        async with self._gate:
            found = POLL.search((await self._gets("/login/scan")).decode())
        assert found, "no page with a code"
        self._poll, self._at = found[1], time.monotonic() + float(found[2])

    async def waits(self) -> None:
        """Ask whenever it is time and somebody looks; when the code is over, show a new one."""
        while True:
            await asyncio.sleep(max(0.0, self._at - time.monotonic()))
            if not self._seen.is_set():
                await self._seen.wait()
                await asyncio.sleep(random.uniform(0, LOOKING))
            news: dict[str, Any] = json.loads(await self._gets(self._poll))
            self._asked.value += 1
            if news["state"] == "shown":
                self._at = time.monotonic() + news["again"]
            else:
                await self.opens()

    async def _gets(self, path: str) -> bytes:
        try:
            return await self._sends(path)
        except (OSError, asyncio.IncompleteReadError):
            self._streams = None  # the server has closed it in a pause
            return await self._sends(path)

    async def _sends(self, path: str) -> bytes:
        reader, writer = self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
        cookie = b"Cookie: " + self._cookie + b"\r\n" if self._cookie else b""
        writer.write(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % self._port + cookie + b"\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length, kept = LENGTH.search(head), COOKIE.search(head)
        assert head.startswith(b"HTTP/1.1 200"), head
        assert length
        self._cookie = kept[1] if kept else self._cookie
        return await reader.readexactly(int(length[1]))
