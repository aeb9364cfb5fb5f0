"""Does the example for production work as it is written: nginx, the service and its environment, with a real sign-in?"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from tests.certificates import own_certificate
from tests.gateway import Gateway
from tests.processes import Server, free_port, program, until
from tests.servers import ROOT, Portal, Postgres, Redis, flask
from tests.transports import Answer, Headers
from tests.visitor import FORM, Visitor

DEPLOY = ROOT / "deploy"
PHONE, OTHER_PHONE, PASSWORD = "+4915112345678", "+4915112345679", "correct horse battery staple"
TRIES = 12
"""Password tries per address, lowered so that a test reaches it."""


def service() -> dict[str, str]:
    """The lines of the unit; of several with one name the last."""
    lines = (DEPLOY / "portal.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]\w+=", line))


def test_the_unit_waits_until_workers_and_sender_have_finished() -> None:
    said = (ROOT / "gunicorn.conf.py").read_text()
    workers, sender = (int(re.search(pattern, said)[1]) for pattern in (  # type: ignore[index]
        r"(?m)^graceful_timeout = (\d+)$", r"grace=settings\.longest_call \+ (\d+)\)"))
    longest_call = 2 * 10
    """The longest that the operations manual allows without a change of the unit."""
    assert int(service()["TimeoutStopSec"]) > workers + longest_call + sender


def environment() -> dict[str, str]:
    """The variables of the example, as systemd would read them."""
    lines = (DEPLOY / "portal.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class Deployed(Portal):
    """The portal as the unit starts it, with the example's settings and what a deployer fills in."""

    def __init__(self, **filled: str) -> None:
        super().__init__(DATABASE_URL=filled["DATABASE_URL"])
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.directory), "LANG": "C.UTF-8", "PORT": str(self.port)}
        self.environment = environment() | kept | filled

    def command(self) -> list[str]:
        return shlex.split(service()["ExecStart"].replace("/srv/portal", str(ROOT)))


class Nginx(Server):
    """nginx with the example's configuration, on free ports and with a certificate of the test's own."""

    def __init__(self, portal_port: int) -> None:
        super().__init__()
        self.plain_port = free_port()
        own_certificate(self.directory / "ca.pem")
        text = (DEPLOY / "nginx.conf").read_text()
        for there, here in self.changes(portal_port).items():
            text, changed = re.subn(there, here, text)
            assert changed, f"nothing like {there} in nginx.conf"
        (self.directory / "portal.conf").write_text(text)
        (self.directory / "nginx.conf").write_text(self.around())

    def changes(self, portal_port: int) -> dict[str, str]:
        """What a deployer changes, and what a test must: ports above 1024, on loopback only."""
        return {
            r"login\.example\.com": "localhost", "/srv/portal": str(ROOT), r"127\.0\.0\.1:5000": f"127.0.0.1:{portal_port}",
            r"/etc/letsencrypt/\S+/fullchain\.pem": str(self.directory / "ca.pem"),
            r"/etc/letsencrypt/\S+/privkey\.pem": str(self.directory / "key.pem"),
            r"listen \[::\]:\S+( ssl http2)?;": "", r"listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            r"listen 443 ": f"listen 127.0.0.1:{self.port} ",
        }

    def around(self) -> str:
        user = "user root;" if os.getuid() == 0 else ""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {self.directory}/{kind};" for kind in kinds)
        return (f"{user} daemon off; pid {self.directory}/pid; error_log stderr; worker_processes 1; events {{}} "
                f"http {{ include /etc/nginx/mime.types; access_log off; {places} include {self.directory}/portal.conf; }}")

    def command(self) -> list[str]:
        return [program("nginx", "/usr/sbin"), "-e", "stderr", "-c", str(self.directory / "nginx.conf")]


@dataclass
class OverTLS:
    """A connection per request to nginx, which must show a certificate that `trust` knows."""

    origin: str
    trust: ssl.SSLContext
    added: Headers = field(default_factory=list)

    def send(self, method: str, path: str, *, headers: Headers, content: bytes, address: str) -> Answer:
        connection = http.client.HTTPSConnection(self.origin.partition("//")[2], timeout=30, context=self.trust)
        try:
            connection.request(method, path, body=content or None, headers=dict([*headers, *self.added]))
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def settle(self) -> None:
        """Nothing to do: the portal's sender is at work."""


class Customer(Visitor):
    """A person whose phone is served by the gateway of the tests."""

    gateway: Gateway

    def text_messages(self, phone: str) -> list[dict[str, object]]:
        return [{"id": at, "text": text} for at, text in reversed(list(enumerate(self.gateway.texts(phone))))]


@dataclass
class Installation:
    """Everything that runs in production, and a way to look into its database."""

    nginx: Nginx
    portal: Deployed
    gateway: Gateway
    database_url: str

    def customer(self, *, claims: str = "") -> Customer:
        """A person with a browser; `claims`: the address that their requests pretend to come from."""
        trust = ssl.create_default_context(cafile=str(self.nginx.directory / "ca.pem"))
        made = Customer(OverTLS(f"https://localhost:{self.nginx.port}", trust, [("X-Forwarded-For", claims)] if claims else []))
        made.gateway = self.gateway
        return made

    def audited_addresses(self) -> set[str]:
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute("select address from audit_entry where sign_in_id is not null and address is not null")
            return {row[0] for row in found}


@pytest.fixture(scope="module")
def installation(postgres_server: Postgres) -> Iterator[Installation]:
    """One installation for all tests here: it takes seconds to start."""
    database_url = postgres_server.empty()
    with ExitStack() as stack:
        gateway = stack.enter_context(Gateway())
        redis = Redis()
        portal = Deployed(DATABASE_URL=database_url, REDIS_URL=redis.url)
        nginx = Nginx(portal.port)
        portal.environment |= gateway.settings() | {
            "PORTAL_URL": f"https://localhost:{nginx.port}", "PORTAL_SECRET": "Zk3v-only-for-this-test-9Qx7Lm2Rt5Yw8Np1Bc4",
            "PORTAL_LIMIT_PASSWORD_PER_ADDRESS": str(TRIES),
        }
        migrated = flask(*shlex.split(service()["ExecStartPre"].partition("wsgi ")[2]), environment=portal.environment)
        assert migrated.returncode == 0, migrated.stderr
        for server in (redis, portal, nginx):
            stack.callback(server.end)
            server.start()
        person = ["--username", "li.na", "--phone", PHONE, "--admin", "--password-stdin"]
        added = portal.cli("user", "create", *person, given=PASSWORD)
        assert added.returncode == 0, added.stderr
        yield Installation(nginx, portal, gateway, database_url)


def test_a_person_signs_in_through_nginx_and_a_spoofed_address_changes_nothing(installation: Installation) -> None:
    customer = installation.customer(claims="198.51.100.7, 203.0.113.9")
    customer.logs_in("li.na", PASSWORD).enters_code(PHONE).sees("Welcome, li.na", "Verified by text message")
    assert installation.audited_addresses() == {"127.0.0.1"}
    cookie = customer.cookies["__Host-portal"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    assert customer.answer.header("strict-transport-security") == "max-age=31536000; includeSubDomains"
    assert re.fullmatch("[0-9a-f]{32}", customer.answer.header("x-request-id"))
    customer.submits("Log out").sees("You are logged out.")


def test_the_parts_are_ready_and_nothing_of_development_is_there(installation: Installation) -> None:
    customer = installation.customer()
    until(lambda: customer.sends("GET", "/readyz").status == 200, what="all parts to be ready")
    assert customer.sends("GET", "/inbox").status == 404
    assert installation.portal.cli("doctor").returncode == 0


def test_the_operators_command_reads_the_settings_of_the_service(installation: Installation, tmp_path: Path) -> None:
    settings = {name: value for name, value in installation.portal.environment.items() if name not in ("PATH", "HOME", "LANG")}
    (tmp_path / "portal.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    command = (DEPLOY / "portal").read_text().replace("/etc/portal/portal.env", str(tmp_path / "portal.env"))
    command = command.replace("/srv/portal", str(ROOT)).replace("runuser -u portal -- ", "")
    around = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    asked = ["sh", "-c", command, "portal", "user", "show", "li.na", "--json"]
    done = subprocess.run(asked, env=around, capture_output=True, check=False)
    assert json.loads(done.stdout)["phone"] == PHONE


def test_plain_http_leads_to_https(installation: Installation) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", installation.nginx.plain_port, timeout=5)
    connection.request("GET", "/login?next=/settings/mfa")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, "https://localhost/login?next=/settings/mfa")


def test_pages_styles_and_scripts_are_compressed_and_kept(installation: Installation) -> None:
    customer = installation.customer()
    loaded = [node.get("href") or node.get("src") for node in customer.opens("/login").page.root.all("link", "script")]
    assets = [address for address in loaded if address.startswith("/static/")]
    assert {address.partition("?")[0].rpartition(".")[2] for address in assets} == {"css", "js"}
    for address in assets:
        answer = customer.sends("GET", address, headers=[("Accept-Encoding", "gzip")])
        assert answer.header("cache-control") == "public, max-age=31536000, immutable"
        assert gzip.decompress(answer.content) == (ROOT / address.partition("?")[0].lstrip("/")).read_bytes()
    page = customer.sends("GET", "/login", headers=[("Accept-Encoding", "gzip")])
    assert page.header("content-encoding") == "gzip"
    assert page.header("cache-control") == "no-store"


def test_nginx_sends_static_files_with_the_portals_own_headers(installation: Installation) -> None:
    address = "/static/css/tokens.css?v=1"
    answer = installation.customer().sends("GET", address)
    connection = http.client.HTTPConnection("127.0.0.1", installation.portal.port, timeout=5)
    connection.request("GET", address, headers={"Host": "localhost"})
    ours = connection.getresponse()
    differs = {"date", "server", "connection", "x-request-id", "content-disposition", "last-modified", "etag", "vary"}
    for name, value in ours.getheaders():
        if name.lower() not in differs:
            assert answer.header(name) == value, name
    bare = installation.customer().sends("GET", "/static/css/tokens.css")
    assert bare.header("cache-control") == "no-cache"


def test_slow_clients_do_not_hold_the_portal_up(installation: Installation) -> None:
    trust = ssl._create_unverified_context()
    with ExitStack() as stack:
        for _each in range(100):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", installation.nginx.port), timeout=5))
            tls = stack.enter_context(trust.wrap_socket(slow))
            tls.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nidentifier=")
        begun = time.monotonic()
        assert installation.customer().opens("/login").status == 200
        assert time.monotonic() - begun < 5


def test_a_file_of_users_may_be_long_and_one_that_is_far_too_long_is_refused_in_words(installation: Installation) -> None:
    boss = ["--username", "boss", "--phone", OTHER_PHONE, "--admin", "--password-stdin"]
    assert installation.portal.cli("user", "create", *boss, given=PASSWORD).returncode == 0
    customer = installation.customer().logs_in("boss", PASSWORD).enters_code(OTHER_PHONE).opens("/admin/users/import")
    people = b"username\n" + b"".join(b"user%d.x\n" % number for number in range(200_001))
    assert customer.chooses("File", "users.csv", people).submits("Check file").status == 422
    assert customer.sees("more than 200,000 rows")
    refused = customer.sends("POST", "/admin/users/import", content=b"x" * 33 * 1024 * 1024, headers=[("Content-Type", FORM)])
    assert refused.status == 413
    assert "at most 20 MB" in refused.text


def test_a_limit_per_address_cannot_be_dodged_by_claiming_others(installation: Installation) -> None:
    customer = installation.customer()
    token = customer.opens("/login").tokens[0]
    statuses = []
    for claimed in range(TRIES + 1):
        form = urlencode({"csrf_token": token, "identifier": f"nobody{claimed}", "password": "wrong"}).encode()
        headers = [("Content-Type", FORM), ("X-Forwarded-For", f"203.0.113.{claimed}")]
        statuses.append(customer.sends("POST", "/login", content=form, headers=headers).status)
    assert statuses[-1] == 429
    assert customer.opens("/login").status == 200


def test_while_the_portal_is_started_anew_people_are_told_to_wait(installation: Installation) -> None:
    installation.portal.stop()
    try:
        answer = installation.customer().sends("GET", "/login")
        assert answer.status == 503
        assert answer.header("retry-after") == "5"
        assert "Wait a few seconds" in answer.text
    finally:
        installation.portal.start()
    assert installation.customer().opens("/login").status == 200


def test_the_example_as_it_stands_is_refused_with_what_is_missing() -> None:
    done = flask("portal", "doctor", environment=environment())
    assert done.returncode != 0
    assert "PORTAL_SECRET: set at least 32 random bytes" in done.stderr + done.stdout


def test_the_service_is_one_that_systemd_understands(tmp_path: Path) -> None:
    text = (DEPLOY / "portal.service").read_text().replace("/srv/portal", str(ROOT))
    started = [shlex.split(line.partition("=")[2])[0] for line in text.splitlines() if line.startswith("ExecStart")]
    assert [path for path in started if not os.access(path, os.X_OK)] == []
    (tmp_path / "portal.service").write_text(text)
    if judge := shutil.which("systemd-analyze"):
        done = subprocess.run([judge, "verify", str(tmp_path / "portal.service")], text=True, capture_output=True, check=False)
        assert "portal.service" not in done.stderr, done.stderr
