"""What is a phone number, and how is it shown? PURE. Numbers are kept in E.164 (`+4915112345678`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat

from portal.calling_codes import calling_code

_NUMBER_LIKE = re.compile(r"^\+?[\d\s().\-/]{4,40}$", re.ASCII)
_NUMBER_BEGUN = re.compile(r"^\+?[\d\s().\-/]{1,40}$", re.ASCII)
_FEWEST_LAST = 4


def looks_like_number(text: str) -> bool:
    """Whether `text`, as typed, can only be meant as a phone number: digits and separators, no letter."""
    return bool(_NUMBER_LIKE.match(_plain(text)))


def parse(text: str, region: str | None) -> str | None:
    """The number in E.164, from any usual spelling; national ones are of `region`, if there is one. None if it is none."""
    plain = _plain(text)
    if not _NUMBER_LIKE.match(plain):
        return None
    try:
        number = phonenumbers.parse(plain, region or None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None


def beginnings(text: str, region: str | None) -> list[str]:
    """With what an E.164 number begins that somebody began to type: with its calling code, or as people of `region` write it."""
    plain = _plain(text).replace("(0)", "")
    digits = re.sub(r"\D", "", plain)
    if not digits or not _NUMBER_BEGUN.match(plain):
        return []
    if plain.startswith("+") or digits.startswith("00"):
        return ["+" + digits.removeprefix("00")]
    trunk = (region and phonenumbers.ndd_prefix_for_region(region, True)) or ""
    national = [f"+{all_regions()[region]}{digits.removeprefix(trunk)}"] if region in all_regions() else []
    return [*national, f"+{digits}"]


def last_digits(text: str) -> str | None:
    """The digits that somebody typed who remembers a number's end: at least four and nothing else. None for anything else."""
    plain = _plain(text)
    digits = re.sub(r"\D", "", plain)
    return digits if _NUMBER_LIKE.match(plain) and not plain.startswith("+") and len(digits) >= _FEWEST_LAST else None


def _plain(text: str) -> str:
    """Full-width and other Unicode digits and signs as ASCII, invisible characters dropped, dashes made one."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    digits = (str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in kept)
    return re.sub(r"[‐-―−]", "-", "".join(digits)).strip()


def mask(phone: str) -> str:
    """The number as pages show it: calling code and the last two digits, as wide for every number."""
    return f"{calling_code(phone)} ••• •••• ••{phone[-2:]}"


def region_of(phone: str) -> str | None:
    """The region an E.164 number belongs to, as two letters."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(phone))


def national(phone: str) -> str:
    """An E.164 number as people of its country write it."""
    return phonenumbers.format_number(phonenumbers.parse(phone), PhoneNumberFormat.NATIONAL)


@lru_cache(maxsize=1)
def all_regions() -> dict[str, int]:
    """Every region that has phone numbers, with its calling code; read without loading any metadata."""
    return {region: code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions if region != "001"}
