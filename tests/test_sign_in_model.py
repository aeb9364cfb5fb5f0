"""Does any sequence of steps lead home without the second factor? A machine walks the sign-in beside a small model of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, sampled_from
from sqlalchemy import text

from portal import clock, create_app
from portal.database import writing
from portal.extensions import db
from tests.conftest import PASSWORD
from tests.conftest import settings as portal_settings
from tests.people import does, rows, unlike
from tests.servers import migrated_sqlite
from tests.transports import InProcess
from tests.visitor import Visitor

PHONES = {"li.na": "+4915112345678", "boss": "+4915112345679", "fresh": "+4915112345671"}
FREE = "+4915112345670"
PEOPLE = ("li.na", "boss", "new", "fresh")
"""`fresh` has a password that was made for them."""
SWITCHES = {"sms": ("--global",), "source": ("--source", "password"), "administrators": ("--administrators",)}
# Limits have tests of their own; here they would only end the walk.
MANY = {f"PORTAL_LIMIT_{name}": "1000" for name in (
    "TEXTS_PER_NUMBER_HOUR", "TEXTS_PER_NUMBER_DAY", "TEXTS_PER_USER", "TEXTS_PER_ADDRESS", "BINDING_TEXTS_PER_NUMBER",
    "FIRST_TEXTS_PER_NUMBER", "TEXTS_PER_SIGN_IN", "PASSWORD_PER_ADDRESS", "REQUESTS_PER_ADDRESS", "TEXTS_PER_PREFIX")}
mostly = sampled_from([True, True, True, False])


def at_code_page(machine: SignIn) -> bool:
    return machine.browser.page.heading == "Verification code login" and machine.offers("code")


class SignIn(RuleBasedStateMachine):
    """One browser, four people, the switches and the clock. The model knows who proved what, and how the switches stand."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="portal-model-"))
        shutil.copy(migrated_sqlite(), self.folder / "portal.db")
        self.app = create_app(portal_settings(DATABASE_URL=f"sqlite:///{self.folder}/portal.db", **MANY))
        self.real, self.now = clock.source, clock.now()
        clock.source = lambda: self.now
        self.browser = Visitor(InProcess(self.app))
        self.on = dict.fromkeys(SWITCHES, True)
        self.bound: set[str] = set(PHONES)
        self.person: str | None = None
        self.proved_sms = False
        self.passwords = dict.fromkeys(PEOPLE, PASSWORD)
        self.owes_password = {"fresh"}

    def teardown(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        clock.source = self.real
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(sms=booleans())
    def opens_the_portal(self, sms: bool) -> None:
        for name in PEOPLE:
            about = ["--phone", PHONES[name]] if name in PHONES else []
            role = ["--admin"] if name == "boss" else []
            does(self.app, "user", "create", "--username", name, *about, *role, "--password-stdin", given=f"{PASSWORD}\n")
        self.writes("""UPDATE "user" SET password_must_change = true WHERE username = 'fresh'""")
        self.throws_a_switch(which="sms", on=sms)
        self.browser.opens("/")

    def writes(self, statement: str) -> None:
        with self.app.app_context(), writing() as connection:
            connection.execute(text(statement))

    def required(self) -> bool:
        """What the design says of the person in this browser as the switches stand now."""
        return (self.person == "boss" and self.on["administrators"]) or (self.on["sms"] and self.on["source"])

    def offers(self, field: str) -> bool:
        return any(form.find(field) for form in self.browser.page.forms)

    @precondition(lambda self: self.offers("identifier"))
    @rule(person=sampled_from(PEOPLE), right=mostly)
    def gives_a_password(self, person: str, right: bool) -> None:
        self.browser.fills(identifier=person, password=self.passwords[person] if right else "not the password").submits()
        if right and not self.offers("identifier"):
            self.person, self.proved_sms = person, False

    @precondition(lambda self: self.browser.page.heading == "Choose a new password")
    @rule(good=mostly)
    def chooses_a_password(self, good: bool) -> None:
        person = str(self.person)
        self.browser.fills(password="tulip-harbour-velvet-31" if good else self.passwords[person]).submits()
        if self.browser.path in ("/", "/settings/mfa"):
            assert good, "the password of before was taken"
            self.passwords[person] = "tulip-harbour-velvet-31"
            self.owes_password.discard(person)

    @precondition(lambda self: self.offers("phone"))
    @rule(phone=sampled_from([FREE, FREE, PHONES["li.na"]]))
    def names_a_number(self, phone: str) -> None:
        self.browser.fills(country="DE", phone=phone).submits()

    @precondition(at_code_page)
    @rule(right=mostly)
    def types_a_code(self, right: bool) -> None:
        newest = (self.inbox() or [{"code": "000000", "to": "nobody: the text came too late to be sent"}])[0]
        code = str(newest["code"])
        self.browser.fills(code=code if right else unlike(code)).submits()
        if right and self.browser.path in ("/", "/settings/mfa", "/login/password"):
            assert self.person == "new" or newest["to"] == PHONES[str(self.person)]
            assert self.person != "new" or newest["to"] == FREE, "a number of somebody else was bound"
            self.bound.add(str(self.person))
            self.proved_sms = True

    def inbox(self) -> list[dict[str, object]]:
        self.browser.transport.settle()
        answer = self.browser.transport.send("GET", "/inbox?format=json", headers=[], content=b"", address="127.0.0.1")
        found: list[dict[str, object]] = json.loads(answer.text)
        return found

    @precondition(lambda self: self.browser.page.heading in ("One more step", "Verification code login"))
    @rule()
    def asks_for_a_text(self) -> None:
        self.browser.posts("/login/code/resend")

    @precondition(lambda self: self.person is not None)
    @rule(seconds=sampled_from([1, 31, 61, 301, 601, 43_201]))
    def waits(self, seconds: int) -> None:
        self.now += seconds

    @precondition(lambda self: self.person is not None and bool(self.browser.tokens))
    @rule(way=sampled_from(["", "/login/cancel", "/logout"]))
    def leaves(self, way: str) -> None:
        """Seldom: whoever leaves all the time gets nowhere."""
        if not way:
            return
        copied = dict(self.browser.cookies)
        self.browser.posts(way)
        if self.browser.status == 200 and self.browser.path.startswith("/login?said="):
            self.person, self.proved_sms = None, False
            thief = Visitor(InProcess(self.app))
            thief.cookies = copied
            assert thief.opens("/").path.startswith("/login"), "a copied cookie outlived its sign-in"

    @rule(which=sampled_from(list(SWITCHES)), on=booleans())
    def throws_a_switch(self, which: str, on: bool) -> None:
        does(self.app, "mfa", *SWITCHES[which], "on" if on else "off")
        self.on[which] = on

    @rule(path=sampled_from(["/", "/", "/settings/mfa", "/login/phone", "/login/code", "/login/password"]))
    def goes_to(self, path: str) -> None:
        self.browser.opens(path)

    @invariant()
    def nobody_is_inside_who_did_not_prove_what_is_asked(self) -> None:
        for path in ("/", "/settings/mfa"):
            answer = self.browser.sends("GET", path)
            if answer.status == 200:
                assert self.person is not None, f"somebody is at {path} whom nobody knows"
                assert self.proved_sms or not self.required(), f"{self.person} is at {path} without a code"
                assert self.person not in self.owes_password, f"{self.person} is at {path} with a password made for them"
                assert path == "/" or self.person == "boss", f"{self.person} is at {path}"
                assert path != "/" or f"Welcome, {self.person}" in answer.text

    @invariant()
    def the_rows_agree(self) -> None:
        complete = rows(self.app, 'SELECT s.methods, u.username FROM sign_in s JOIN "user" u ON u.id = s.user_id'
                                  " WHERE s.state = 'complete'")
        assert all("sms" not in row.methods or row.username in self.bound for row in complete)
        assert not rows(self.app, "SELECT id FROM sign_in WHERE code_nonce IS NOT NULL AND state <> 'awaiting_code'")


TestSignIn = SignIn.TestCase
TestSignIn.settings = settings(max_examples=25, stateful_step_count=40, deadline=None, derandomize=True, database=None,
                               phases=[Phase.generate], suppress_health_check=list(HealthCheck))
