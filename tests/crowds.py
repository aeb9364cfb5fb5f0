"""Where do many users come from at once? Written straight into the table, where a test needs more than people could create."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import insert

from portal.accounts.identifiers import fold
from portal.models import PhoneState, User, phone_columns


def crowd(app: Flask, *people: dict[str, Any]) -> list[int]:
    """Add users with these columns, in this order; keys are made from what is given. Their ids."""
    from portal.database import writing

    added = []
    with app.app_context(), writing() as connection:
        for number, person in enumerate(people):
            added.append(connection.execute(insert(User).values(_columns(number, person)).returning(User.id)).scalar_one())
    return added


def numbered(count: int, **about: Any) -> list[dict[str, Any]]:
    """So many people called user000, user001, …"""
    return [{"username": f"user{number:03}", **about} for number in range(count)]


def _columns(number: int, person: dict[str, Any]) -> dict[str, Any]:
    keys = {f"{name}_key": fold(person[name]) for name in ("username", "email", "name") if person.get(name)}
    phone = phone_columns(person.get("phone"), person.get("phone_state", PhoneState.PROVEN))
    usual = {"created_at": 1_700_000_000.0 + number, "suspended": False, "wrong_codes": 0, "dead_codes": 0, "version": 1}
    return usual | person | keys | phone
