"""Which settings does the portal run with, and are they fit for use? Every setting is read, typed and checked here, once."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from environs import Env, EnvError, EnvValidationError
from marshmallow.validate import OneOf, Range, Regexp

HERE = Path(__file__).resolve().parent
INSTANCE = HERE / "instance"
GATEWAYS = ("vonage", "vonage-sms", "console")


class SettingsInvalid(Exception):
    """The environment holds settings that the portal refuses to start with; `faults` names each with its remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The portal cannot start:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


def setting(kind: str, default: Any, about: str, *, check: Any = None, shown: str = "") -> Any:
    """A field of `Settings` read from the environment: its parser, default, meaning and validator."""
    facts = {"kind": kind, "about": about, "check": check, "shown": shown, "secret": False}
    return dataclasses.field(default=default, metadata=facts)


def _secret(about: str, shown: str = "none") -> Any:
    """A field that holds a secret, be it a password in an address: no page may show it."""
    facts = {"kind": "str", "about": about, "check": None, "shown": shown, "secret": True}
    return dataclasses.field(default="", metadata=facts)


def _secrets(about: str) -> Any:
    """A field that holds secrets by their names."""
    facts = {"kind": "secrets", "about": about, "check": None, "shown": "none", "secret": True}
    return dataclasses.field(default_factory=dict, metadata=facts)


def _seconds(default: int, about: str) -> Any:
    return setting("int", default, about, check=Range(min=1))


def _limit(default: int, about: str) -> Any:
    return setting("int", default, about, check=Range(min=0))


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """All settings of one running portal. The name of a field, in capitals, is the variable's."""

    portal_env: str = setting("str", "production", "`production` or `development`", check=OneOf(["production", "development"]))
    portal_secret: str = _secret("the root of all keys: at least 32 random bytes, for example of `openssl rand -base64 48`", "none, required")
    portal_secret_old: str = _secret("the secret before this one: still checks, never issues")
    portal_url: str = setting("str", "", "the portal's own address, `https://login.example.com`; its host stands in every text message", shown="required in production")
    portal_name: str = setting("str", "Portal", "what the portal is called on its pages and in messages", check=Regexp(r"^[^<>\r\n]{1,40}$"))
    database_url: str = _secret("`sqlite:////path/portal.db` or `postgresql://user:password@host/database`", "an SQLite file under `instance/`")
    redis_url: str = _secret("`redis://host:6379/0`: counters and queue go there", "none: a file or tables beside the database")
    portal_proxies: int = setting("int", 0, "how many trusted reverse proxies stand in front", check=Range(min=0, max=10))
    portal_hosts: list[str] = setting("list", (), "further host names that requests may ask for, besides that of `PORTAL_URL`", shown="none")

    portal_sender: str = setting("str", "on", "`on`: gunicorn starts and watches one sender process; `off`: start `flask portal sender` yourself", check=OneOf(["on", "off"]))
    portal_sender_threads: int = setting("int", 50, "messages that one sender process keeps under way at once", check=Range(min=1, max=500))
    portal_gateway: str = setting("str", "", "the first gateway: `vonage` (Messages API), `vonage-sms` (SMS API), `console` (only those that administrators set up) or, in development only, `inbox`", shown="`inbox` in development; required in production")
    portal_gateway_rate: int = setting("int", 30, "messages a second that this gateway takes, over all senders", check=Range(min=1, max=10_000))
    portal_gateway_secrets: dict[str, str] = _secrets("secrets of further gateways by their names, `acme=s3cret,other=…` or as a JSON object: they go before what was entered in the console")
    vonage_api_key: str = _secret("API key of the Vonage account")
    vonage_api_secret: str = _secret("API secret of the Vonage account")
    vonage_application_id: str = setting("str", "", "Vonage application: with it and the private key, requests are signed with a JWT", shown="none")
    vonage_private_key: str = _secret("private key of the Vonage application (PKCS#8 PEM), as text or as the path of a file")
    vonage_signature_secret: str = _secret("secret that signs Vonage's webhooks; without it none is taken")
    vonage_unsigned_hooks: str = setting("str", "off", "`on`: take webhooks that nobody has signed, from whoever finds their address", check=OneOf(["on", "off"]))
    vonage_sender: str = setting("str", "Portal", "sender of the messages: a number of yours or up to 11 letters and digits", check=Regexp(r"^\+?[0-9]{5,15}$|^[A-Za-z0-9 ]{1,11}$"))
    vonage_api_host: str = setting("str", "api.nexmo.com", "host, with port if need be, of the Messages API", check=Regexp(r"^[A-Za-z0-9.\-\[\]:]+$"))
    vonage_rest_host: str = setting("str", "rest.nexmo.com", "host, with port if need be, of the SMS API", check=Regexp(r"^[A-Za-z0-9.\-\[\]:]+$"))
    vonage_ca_file: str = setting("str", "", "CA certificates to trust for these hosts", shown="those of the certifi package")
    vonage_timeout: int = setting("int", 5, "how long to wait for the gateway, seconds; one call may take twice that in all", check=Range(min=1, max=60))

    portal_home_country: str = setting("str", "", "region, such as `DE`, whose national spelling of phone numbers is understood; first in the picker", check=Regexp(r"^[A-Z]{2}$|^$"), shown="none in development; required in production")
    portal_countries: list[str] = setting("list", (), "regions to which text messages may go, such as `DE,AT,CH`", shown="development: all; production: the home country")

    portal_code_length: int = setting("int", 6, "digits of a code", check=Range(min=6, max=10))
    portal_code_lifetime: int = setting("int", 300, "how long a code is good for, seconds", check=Range(min=1, max=600))
    portal_resend_pause: int = _seconds(30, "pause between two messages to one number, seconds")
    portal_sign_in_lifetime: int = _seconds(600, "how long a sign-in may take; entering the code step begins it anew, twice that in all, seconds")
    portal_session_idle: int = _seconds(43_200, "how long a signed-in session lives without a request, seconds")
    portal_session_lifetime: int = _seconds(2_592_000, "how long a signed-in session lives at most, seconds")
    portal_form_lifetime: int = setting("int", 0, "how long an open form is accepted, seconds; 0: as long as the sign-in it belongs to", check=Range(min=0), shown="the sign-in's")

    portal_hash_memory_kib: int = setting("int", 65_536, "memory of one argon2id password hash, KiB", check=Range(min=8_192, max=4_194_304))
    portal_hash_passes: int = setting("int", 3, "passes of one argon2id password hash", check=Range(min=1, max=20))
    portal_hash_concurrency: int = setting("int", 4, "password hashes under way at once in one process", check=Range(min=1, max=64))

    portal_limit_password_per_identifier: int = _limit(5, "password tries per typed identifier, known or not, before a pause that doubles from 5 s to 15 min")
    portal_limit_password_per_account: int = _limit(20, "wrong passwords per account and hour over all its identifiers, silent")
    portal_limit_password_per_address: int = _limit(60, "password tries per address in 5 minutes")
    portal_limit_requests_per_address: int = _limit(300, "other form posts, and ways to outside sources, per address in 5 minutes; as many codes to scan")
    portal_limit_tries_per_code: int = setting("int", 5, "wrong tries that end a code", check=Range(min=1, max=10))
    portal_limit_wrong_codes_per_user: int = setting("int", 30, "wrong codes per user that lock the SMS step", check=Range(min=1, max=100))
    portal_limit_texts_per_sign_in: int = _limit(5, "messages in one sign-in")
    portal_limit_numbers_per_sign_in: int = _limit(3, "different numbers tried in one sign-in")
    portal_limit_first_texts_per_number: int = _limit(3, "first messages of new sign-ins per number and hour that need no pause")
    portal_limit_texts_per_number_hour: int = _limit(6, "messages per number to its owner in an hour")
    portal_limit_texts_per_number_day: int = _limit(10, "messages per number to its owner in a day")
    portal_limit_binding_texts_per_number: int = _limit(3, "messages per number while binding it, in a day")
    portal_limit_texts_per_user: int = _limit(10, "messages per user in a day")
    portal_limit_texts_per_address: int = _limit(30, "messages per address in an hour")
    portal_limit_texts_per_prefix: int = _limit(100, "messages per country calling code in an hour")
    portal_limit_texts_in_all: int = _limit(1_000, "messages of the whole portal in an hour")

    portal_limit_texts_in_a_day: int = _limit(10_000, "messages of the whole portal in a day")

    portal_metrics_token: str = _secret("who gives this as a bearer token may read `/metrics`", "none: there is no such page")
    portal_metrics_port: int = setting("int", 0, "a port of its own for `/metrics`, on `PORTAL_METRICS_HOST`, without a token; 0: none", check=Range(min=0, max=65_535))
    portal_metrics_host: str = setting("str", "127.0.0.1", "address on which that port listens")
    prometheus_multiproc_dir: str = setting("str", "", "folder in which the processes keep what `/metrics` tells; name one where you start the sender yourself", shown="a temporary folder that gunicorn makes")
    portal_smtp_url: str = _secret("mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`, with `?ca=/file` to trust these certificates alone", "none: no mail is sent")
    portal_mail_from: str = setting("str", "", "sender of the portal's mail", shown="none")
    portal_alarm_mail: list[str] = setting("list", (), "mail addresses of the operators who are told of alarms", shown="none")
    portal_alarm_webhook: str = _secret("https address that is told of alarms by a POST of JSON")

    host: str = setting("str", "127.0.0.1", "address on which `make run` and gunicorn listen")
    port: int = setting("int", 5000, "port on which `make run` and gunicorn listen", check=Range(min=1, max=65_535))
    web_concurrency: int = setting("int", 2, "web worker processes", check=Range(min=1, max=256))
    portal_threads: int = setting("int", 4, "threads of one web worker process", check=Range(min=1, max=256))
    portal_log_level: str = setting("str", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`", check=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))

    @property
    def production(self) -> bool:
        """True unless the portal runs for development."""
        return self.portal_env == "production"

    @property
    def https(self) -> bool:
        """True where browsers reach the portal over https: cookies are then `Secure` and `__Host-`."""
        return self.production or self.portal_url.startswith("https://")

    @property
    def longest_call(self) -> int:
        """Seconds that one call of a gateway may take at most, however its answer trickles in."""
        return 2 * self.vonage_timeout

    @property
    def url_host(self) -> str:
        """The host of `PORTAL_URL` without port, for the origin-bound last line of messages."""
        return urlsplit(self.portal_url).hostname or "localhost"

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file of the main database; None on PostgreSQL. Queue and counters lie beside it."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.database_url.startswith("sqlite:///") else None

    @property
    def countries(self) -> tuple[str, ...]:
        """Regions to which messages may go, the home country first; empty means all."""
        if not self.portal_countries:
            return (self.portal_home_country,) if self.production else ()
        home = [self.portal_home_country] if self.portal_home_country in self.portal_countries else []
        return tuple(dict.fromkeys([*home, *self.portal_countries]))


def variable(field: dataclasses.Field[Any]) -> str:
    """The name of the environment variable that sets `field`."""
    return field.name.upper()


def load() -> Settings:
    """Read all settings from the environment. Raises SettingsInvalid with every fault at once."""
    settings = _completed(Settings(**_parsed()))
    if faults := unsafe(settings):
        raise SettingsInvalid(faults)
    return settings


def _parsed() -> dict[str, Any]:
    """The variables that are set, typed; an empty one counts as not set."""
    env = Env(eager=False)
    env.add_parser("secrets", _named_secrets)
    values = {
        field.name: getattr(env, field.metadata["kind"])(variable(field), validate=field.metadata["check"])
        for field in dataclasses.fields(Settings)
        if os.environ.get(variable(field))
    }
    try:
        env.seal()
    except EnvValidationError as error:
        faults = [f"{name}: {' '.join(said)}" for name, said in cast(dict[str, list[str]], error.error_messages).items()]
        raise SettingsInvalid(faults) from None
    return values


def _named_secrets(written: str, **_: Any) -> dict[str, str]:
    """Secrets by names, as `name=secret,other=secret` or, where one has a comma in it, as a JSON object. Raises EnvError."""
    try:
        pairs = list(json.loads(written).items()) if written.startswith("{") else [
            (name.strip(), secret.strip()) for name, _, secret in (pair.partition("=") for pair in written.split(","))]
    except (ValueError, AttributeError):
        raise EnvError("a JSON object of texts, or name=secret with commas between.") from None
    for number, (name, secret) in enumerate(pairs, start=1):
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", name) or not isinstance(secret, str) or not secret:
            raise EnvError(f"entry {number} is not written as name=secret, with a name of small letters, digits and hyphens.")
    if len(dict(pairs)) < len(pairs):
        raise EnvError("a name stands there twice.")
    return dict(pairs)


def _completed(settings: Settings) -> Settings:
    """Fill in the defaults that depend on other settings, and read the private key if it is a file's path."""
    return dataclasses.replace(
        settings,
        database_url=_database_url(settings.database_url),
        portal_url=settings.portal_url.rstrip("/") or ("" if settings.production else f"http://localhost:{settings.port}"),
        portal_gateway=settings.portal_gateway or ("" if settings.production else "inbox"),
        portal_countries=[region.strip().upper() for region in settings.portal_countries],
        portal_hosts=[host.strip().lower() for host in settings.portal_hosts],
        vonage_private_key=_text_or_file(settings.vonage_private_key),
    )


def _database_url(url: str) -> str:
    """PostgreSQL by psycopg 3 whatever the usual spelling; an SQLite path made absolute."""
    if not url:
        return f"sqlite:///{INSTANCE / 'portal.db'}"
    return re.sub(r"^postgres(ql)?(\+psycopg2?)?://", "postgresql+psycopg://", url)


def _text_or_file(key: str) -> str:
    """A secret that may be mounted as a file. The package wants a file ending on paths; a mounted secret has none."""
    return key if not key or "BEGIN" in key else Path(key).read_text(encoding="ascii") if Path(key).is_file() else key


def unsafe(settings: Settings) -> list[str]:
    """What keeps these settings from being used: one sentence each, with the variable's name and the remedy."""
    return _unusable(settings) + (unsafe_in_production(settings) if settings.production else [])


def _unusable(settings: Settings) -> list[str]:
    said = {
        "PORTAL_SECRET: set at least 32 random bytes, for example the output of `openssl rand -base64 48`.":
            len(settings.portal_secret.encode()) < 32 or len(set(settings.portal_secret)) < 12,
        "PORTAL_SECRET_OLD: the old secret has at least 32 bytes, or leave it out.":
            0 < len(settings.portal_secret_old.encode()) < 32,
        "DATABASE_URL: begin with sqlite:/// or postgresql://.":
            not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")) or ":memory:" in settings.database_url,
        "REDIS_URL: begin with redis://, rediss:// or unix://.":
            bool(settings.redis_url) and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")),
        "PORTAL_GATEWAY: name `vonage`, `vonage-sms`, `console` or, in development only, `inbox`.":
            settings.portal_gateway not in (*GATEWAYS, "inbox") and not (settings.production and not settings.portal_gateway),
        "PORTAL_URL: give the portal's own address, such as https://login.example.com.":
            bool(settings.portal_url) and not re.match(r"^https?://[A-Za-z0-9.\-]+(:\d+)?$", settings.portal_url),
        "PORTAL_COUNTRIES: name regions by two letters, such as DE,AT,CH.":
            any(not re.match(r"^[A-Z]{2}$", region) for region in settings.portal_countries),
        "PORTAL_HOME_COUNTRY, PORTAL_COUNTRIES: one of these regions does not exist.": _regions_unknown(settings),
        "PORTAL_HOSTS: name whole hosts; a pattern would let any name of a domain in.":
            any(not re.match(r"^[A-Za-z0-9\[][A-Za-z0-9.\-:\]]*$", host) for host in settings.portal_hosts),
        "VONAGE_CA_FILE: no such file.": bool(settings.vonage_ca_file) and not Path(settings.vonage_ca_file).is_file(),
        **_mail_faults(settings),
        **_vonage_faults(settings),
        **_watching_faults(settings),
    }
    return [sentence for sentence, wrong in said.items() if wrong]


def _mail_faults(settings: Settings) -> dict[str, bool]:
    url = settings.portal_smtp_url
    return {
        "PORTAL_SMTP_URL: write smtp://user:password@host:587 or smtps://…:465, with letters such as / and @ in them as %2F and %40.":
            bool(url) and not _is_smtp(url),
        "PORTAL_SMTP_URL: there is no file such as ?ca= names.":
            bool(url) and _is_smtp(url) and not all(Path(file).is_file() for file in parse_qs(urlsplit(url).query).get("ca", [])),
        "PORTAL_MAIL_FROM: required with PORTAL_SMTP_URL, such as portal@example.com or Portal <portal@example.com>.":
            bool(url) and not _is_sender(settings.portal_mail_from),
    }


def _is_smtp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.path in ("", "/") and set(parse_qs(parts.query)) <= {"ca"}


def _is_sender(written: str) -> bool:
    """One address, alone or behind a name; a name with a comma in it stands in quotes, or it is read as two."""
    address = parseaddr(written)[1]
    return bool(re.match(r"^[^\s<>@,;]+@[A-Za-z0-9.\-]+$", address)) and written.isprintable() and (
        written == address or written.endswith(f"<{address}>"))


def _regions_unknown(settings: Settings) -> bool:
    """Numbers of a region that does not exist are refused, all of them: nobody could bind one."""
    from phonenumbers import SUPPORTED_REGIONS

    named = {settings.portal_home_country, *settings.portal_countries} - {""}
    return any(re.match(r"^[A-Z]{2}$", region) and region not in SUPPORTED_REGIONS for region in named)


def _watching_faults(settings: Settings) -> dict[str, bool]:
    """What would keep whoever looks after the portal from learning how it is, or tell it to others."""
    return {
        "PORTAL_METRICS_TOKEN: at least 16 letters and digits, for example the output of `openssl rand -hex 32`.":
            bool(settings.portal_metrics_token) and not re.fullmatch(r"[!-~]{16,}", settings.portal_metrics_token),
        "PORTAL_METRICS_PORT: another one than PORT.": settings.portal_metrics_port == settings.port,
        "PORTAL_ALARM_WEBHOOK: begin with https://.":
            bool(settings.portal_alarm_webhook) and not settings.portal_alarm_webhook.startswith("https://")
            and (settings.production or not settings.portal_alarm_webhook.startswith("http://127.0.0.1:")),
        "PORTAL_ALARM_MAIL: set PORTAL_SMTP_URL and PORTAL_MAIL_FROM, too, or no mail can be sent.":
            bool(settings.portal_alarm_mail) and not (settings.portal_smtp_url and settings.portal_mail_from),
    }


def _vonage_faults(settings: Settings) -> dict[str, bool]:
    if settings.portal_gateway not in ("vonage", "vonage-sms"):
        return {}
    jwt = bool(settings.vonage_application_id), "BEGIN PRIVATE KEY" in settings.vonage_private_key
    basic = bool(settings.vonage_api_key) and bool(settings.vonage_api_secret)
    by_form = settings.portal_gateway == "vonage-sms"
    return {
        "VONAGE_API_KEY, VONAGE_API_SECRET: set both; the SMS API takes nothing else.": by_form and not basic,
        "VONAGE_API_KEY, VONAGE_API_SECRET: set both, or VONAGE_APPLICATION_ID and VONAGE_PRIVATE_KEY (PKCS#8 PEM).":
            not by_form and not basic and not all(jwt),
        "VONAGE_APPLICATION_ID, VONAGE_PRIVATE_KEY: set both or neither; the key is a PKCS#8 PEM text or a readable file.":
            jwt[0] != jwt[1],
    }


def unsafe_in_production(settings: Settings) -> list[str]:
    """What would keep a portal with these settings from starting in production."""
    said = {
        "PORTAL_URL: required; its host stands in every text message, never that of a request.": not settings.portal_url,
        "PORTAL_URL: must begin with https://, cookies are sent over https only.":
            bool(settings.portal_url) and not settings.portal_url.startswith("https://"),
        "PORTAL_GATEWAY: choose `vonage`, `vonage-sms` or `console`; `inbox` shows every code to whoever opens it.":
            settings.portal_gateway not in GATEWAYS,
        "PORTAL_HOME_COUNTRY: name the region whose phone numbers you serve, such as DE.": not settings.portal_home_country,
        "PORTAL_HASH_MEMORY_KIB: at least 19456 with 2 passes (OWASP's floor for argon2id).":
            settings.portal_hash_memory_kib * settings.portal_hash_passes < 19_456 * 2,
        "PORTAL_CODE_LIFETIME: at least 60 seconds, or texts die before they arrive.": settings.portal_code_lifetime < 60,
        "PORTAL_RESEND_PAUSE: at least 10 seconds, or the button is a way to run up costs.": settings.portal_resend_pause < 10,
        "PORTAL_SIGN_IN_LIFETIME: between 120 and 1800 seconds.": not 120 <= settings.portal_sign_in_lifetime <= 1_800,
        "PORTAL_SESSION_IDLE: at most PORTAL_SESSION_LIFETIME.": settings.portal_session_idle > settings.portal_session_lifetime,
        "PORTAL_SESSION_LIFETIME: at most 7776000 seconds (90 days), or a lost browser stays signed in.":
            settings.portal_session_lifetime > 7_776_000,
    }
    too_high = [f"{variable(f)}: above ten times the default ({f.default}) it protects nobody."
                for f in dataclasses.fields(settings)
                if f.name.startswith("portal_limit_") and getattr(settings, f.name) > 10 * cast(int, f.default)
                and not f.name.endswith(("_prefix", "_in_all"))]
    return [sentence for sentence, wrong in said.items() if wrong] + too_high
