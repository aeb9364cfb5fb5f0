"""Which metrics are there? Each with its name, its meaning and its labels. PURE.

Labels take few values each: kinds of outcome, countries, gateways, sources, endpoints. Never a path, a person or a number.
"""

from __future__ import annotations

from dataclasses import dataclass

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
HASHES = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
PEOPLE = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)


@dataclass(frozen=True)
class Metric:
    """One metric: a counter, or a histogram of seconds if it has `buckets` (their upper bounds)."""

    name: str
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


SIGN_INS = Metric("portal_sign_ins_total", "Sign-ins, complete or refused, by identity source", ("outcome", "source"))
CODES_ASKED = Metric("portal_codes_asked_total", "Codes asked for: ok, or why none was sent", ("outcome",))
CODES_CHECKED = Metric("portal_codes_checked_total", "Codes typed: accepted, wrong, or why they were not compared", ("outcome",))
CODES_VERIFIED = Metric("portal_codes_verified_total", "Right codes, by country and gateway", ("country", "gateway"))
MESSAGES = Metric(
    "portal_messages_total", "Messages with a code that came to a state, by country and gateway", ("state", "country", "gateway"))
REFUSALS = Metric("portal_refusals_total", "What a limit refused", ("limit",))
DELIVERY = Metric(
    "portal_message_delivery_seconds", "From the hand-over of a message with a code to its delivery", ("gateway",), PEOPLE)
VERIFICATION = Metric("portal_code_verification_seconds", "From asking for a code to its verification", ("gateway",), PEOPLE)
HASH = Metric("portal_password_hash_seconds", "One password hash, its waiting for a free slot included", (), HASHES)
REQUEST = Metric("portal_request_seconds", "Requests, by endpoint and class of status", ("endpoint", "status"), QUICK)

ALL = (SIGN_INS, CODES_ASKED, CODES_CHECKED, CODES_VERIFIED, MESSAGES, REFUSALS, DELIVERY, VERIFICATION, HASH, REQUEST)
