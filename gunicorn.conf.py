"""How do the web processes run, and the sender beside them? Read by gunicorn by itself when it starts in this folder."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Any

from gunicorn import util  # type: ignore[import-untyped]

from config import HERE, SettingsInvalid, load

try:
    settings = load()
except SettingsInvalid as invalid:
    sys.exit(str(invalid))

def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


wsgi_app = "wsgi:app"
bind = [_address(settings.host, settings.port)]
if settings.portal_metrics_port:
    bind.append(_address(settings.portal_metrics_host, settings.portal_metrics_port))
if settings.portal_metrics_token or settings.portal_metrics_port:
    from portal.metrics import folder

    os.environ[folder.VARIABLE] = folder.prepare(settings)
    """Before the application is made, which reads it; the workers and the sender inherit it."""
worker_class = "gthread"
workers = settings.web_concurrency
threads = settings.portal_threads
preload_app = True
"""The code is in memory once for all workers. What must not cross a fork is put right in `post_fork`."""

timeout = 60
graceful_timeout = 20
keepalive = 75
"""Longer than nginx keeps an idle connection (60 s): the side that closes first must not be the one that is asked."""

forwarded_allow_ips = ""
"""gunicorn believes no header about the scheme, not even from 127.0.0.1; how many proxies are believed is for the app."""
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
accesslog = None
loglevel = settings.portal_log_level.lower().replace("debug", "info")
"""At debug it would write every address that is asked for, one-time links among them."""
control_socket_disable = True
"""Nothing here is steered from outside but by signals."""

worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - a heartbeat file must not touch a disk

SENDER = [sys.executable, "-m", "flask", "--app", "wsgi", "portal", "sender", "--parent"]
"""Told whose end is its own end: it must not outlive this process, not even a SIGKILL."""


def when_ready(server: Any) -> None:
    """Start the sender, before the first worker is forked."""
    if settings.portal_sender == "off":
        return
    from portal.messages import companion, queue

    queue.prepare(settings)
    server.sender = companion.Companion(
        [*SENDER, str(os.getpid())], folder=HERE, log=logging.getLogger("gunicorn.error")
    )
    server.sender.start()


def post_fork(server: Any, _worker: Any) -> None:
    """A database connection that two processes share answers the one with what the other asked."""
    from portal.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)


def post_worker_init(_worker: Any) -> None:
    """Ctrl-C ends a worker at once: gunicorn's own way waits for a lock that the interrupted thread may hold."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda *_: os._exit(0))


def _answer_unreadable(sock: Any, status: int, reason: str, _said: str) -> None:
    """Instead of gunicorn's own page, which has none of our headers and shows what was sent."""
    from portal.web import headers

    util.write_nonblock(sock, headers.unreadable(status, reason, https=settings.https))


util.write_error = _answer_unreadable


def on_reload(server: Any) -> None:
    """New code and new settings are for the sender too."""
    if hasattr(server, "sender"):
        server.sender.renew()


def on_exit(server: Any) -> None:
    """The workers have finished: let the sender send what they asked for last."""
    if hasattr(server, "sender"):
        server.sender.stop(grace=settings.longest_call + 3)
    if settings.portal_metrics_token or settings.portal_metrics_port:
        folder.remove(os.environ[folder.VARIABLE])
