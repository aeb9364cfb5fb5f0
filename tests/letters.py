"""How does a test put a message into the outbox without a browser, and see what became of it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from portal import clock
from portal.database import reading, writing
from portal.extensions import key_ring
from portal.keys import derive_code, new_nonce, new_token, token_digest
from portal.messages import outbox
from portal.models import AuditEntry, Message, PhoneState, Purpose, SignIn, State, User, phone_columns

PHONE = "+4915112345678"


@dataclass(frozen=True)
class Letter:
    """A message in the outbox, and what its row and the user's say now."""

    app: Flask
    id: int
    user_id: int
    sign_in_id: int
    nonce: bytes
    purpose: Purpose
    phone: str

    @cached_property
    def code(self) -> str:
        with self.app.app_context():
            key = key_ring().current
        return derive_code(key, purpose=self.purpose.value, sign_in=self.sign_in_id, phone=self.phone, nonce=self.nonce, length=6)

    @property
    def row(self) -> Any:
        with self.app.app_context(), reading() as connection:
            return connection.execute(select(Message.__table__).where(Message.id == self.id)).one()

    @property
    def claimed_at(self) -> float | None:
        at: float | None = self.row.claimed_at
        return at

    @property
    def outcome(self) -> tuple[str, str | None]:
        return self.row.state.value, self.row.reason

    @property
    def phone_state(self) -> PhoneState | None:
        with self.app.app_context(), reading() as connection:
            return connection.execute(select(User.phone_state).where(User.id == self.user_id)).scalar_one()

    @property
    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """Outcome and detail of its audit entries, oldest first."""
        with self.app.app_context(), reading() as connection:
            rows = connection.execute(
                select(AuditEntry.outcome, AuditEntry.detail).where(AuditEntry.event == "message").order_by(AuditEntry.id)
            ).all()
        return [(row.outcome, row.detail) for row in rows if row.detail["message"] == self.id]

    def changes(self, **columns: Any) -> None:
        with self.app.app_context(), writing() as connection:
            connection.execute(update(Message).where(Message.id == self.id).values(**columns))

    def sign_in_changes(self, **columns: Any) -> None:
        with self.app.app_context(), writing() as connection:
            connection.execute(update(SignIn).where(SignIn.id == self.sign_in_id).values(**columns))


def write(app: Flask, *, phone: str = PHONE, purpose: Purpose = Purpose.LOGIN, locale: str = "en", lifetime: float = 300,
          application: str = "Portal", key: str | None = None) -> Letter:
    """A message with a sign-in that waits for its code, by a user of its own. It is not put into the queue."""
    nonce = new_nonce()
    with app.app_context(), writing() as connection:
        user_id = _user(connection, phone if purpose is Purpose.LOGIN else None)
        sign_in_id = _sign_in(connection, user_id, phone=phone, nonce=nonce)
        message_id = outbox.add(
            connection, sign_in_id=sign_in_id, user_id=user_id, purpose=purpose, phone=phone, locale=locale,
            application=application, nonce=nonce, code_key=key or key_ring().current.name, not_after=clock.now() + lifetime,
        )
    return Letter(app, message_id, user_id, sign_in_id, nonce, purpose, phone)


def _user(connection: Any, phone: str | None) -> int:
    name = new_token()[:16]
    bound = connection.execute(select(User.id).where(User.phone == phone)).scalar_one_or_none() if phone else None
    if bound is not None:
        return int(bound)
    state = PhoneState.PROVEN if phone else None
    columns = {"username": name, "username_key": name.lower(), **phone_columns(phone, state), "created_at": clock.now()}
    return int(connection.execute(insert(User), columns).inserted_primary_key[0])


def _sign_in(connection: Any, user_id: int, *, phone: str, nonce: bytes) -> int:
    at = clock.now()
    columns = {
        "token_hash": token_digest(new_token()), "user_id": user_id, "state": State.AWAITING_CODE, "source": "password",
        "methods": {"pwd": at}, "reason": "policy", "created_at": at, "expires_at": at + 600, "must_end_at": at + 1_200,
        "seen_at": at, "address": "192.0.2.1", "agent": "test", "locale": "en", "phone": phone, "code_nonce": nonce,
        "code_key": "current", "code_started_at": at, "code_expires_at": at + 300,
    }
    return int(connection.execute(insert(SignIn), columns).inserted_primary_key[0])
