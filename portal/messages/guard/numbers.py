"""May a text go to this number at all? PURE: the country and the kind of number, not how often."""

from __future__ import annotations

from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from portal.messages.guard.rules import Kind, Rules

_KINDS = {PhoneNumberType.MOBILE: Kind.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE: Kind.MOBILE,
          PhoneNumberType.FIXED_LINE: Kind.LANDLINE, PhoneNumberType.VOIP: Kind.VOIP,
          PhoneNumberType.PERSONAL_NUMBER: Kind.PERSONAL}
NO_COUNTRY = "001"
"""Region of satellite and international premium networks, which belong to no country: the dearest texts there are."""


class NumberRefusal(StrEnum):
    """Why no text goes to a number."""

    NOT_VALID = "not valid"
    COUNTRY = "country"
    KIND = "kind"


def refusal(phone: str, rules: Rules) -> NumberRefusal | None:
    """Why no text may go to `phone` (E.164), or None when one may.

    Premium, shared-cost and toll-free numbers and pagers always are: texts to them are how toll fraud earns its money. VoIP and
    personal numbers are unless a rule lets them: a VoIP number is no proof of a device (NIST SP 800-63B section 5.1.3.1).
    """
    number = _parsed(phone)
    kind = PhoneNumberType.UNKNOWN if number is None else phonenumbers.number_type(number)
    if number is None or kind == PhoneNumberType.UNKNOWN:
        return NumberRefusal.NOT_VALID
    if not _country_allowed(phonenumbers.region_code_for_number(number), rules.countries):
        return NumberRefusal.COUNTRY
    return None if _KINDS.get(kind) in rules.kinds else NumberRefusal.KIND


def _parsed(phone: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None


def _country_allowed(region: str | None, countries: tuple[str, ...] | None) -> bool:
    return region not in (None, NO_COUNTRY) and (countries is None or region in countries)
