"""Which countries stand in the picker, under which names, and which is chosen to begin with?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from flask import request
from flask_babel import ngettext

from portal.accounts.phones import all_regions
from portal.extensions import settings
from portal.messages import standing
from portal.web.language import current

_SEVERAL = 2


def choices() -> list[tuple[str, str]]:
    """Regions to which messages may go with name and calling code: the home country first, then by name.

    Where they may go nowhere it is all: whoever has named their number is told then that none can be sent.
    """
    return _choices(current(), standing.current().rules.countries, settings().portal_home_country)


@lru_cache(maxsize=16)
def _choices(language: str, allowed: tuple[str, ...] | None, home: str) -> list[tuple[str, str]]:
    names, codes = _names(language), all_regions()
    regions = [region for region in allowed or codes if region in codes]
    labels = {region: f"{names.get(region, region)} +{codes[region]}" for region in regions}
    return sorted(labels.items(), key=lambda choice: (choice[0] != home, choice[1]))


def named(regions: Iterable[str]) -> list[str]:
    """These regions, given by their two letters, by their names."""
    names = _names(current())
    return [names.get(region, region) for region in regions]


@lru_cache(maxsize=4)
def _names(language: str) -> Mapping[str, str]:
    from babel import Locale

    return Locale.parse("zh_Hans_CN" if language == "zh" else "en").territories


def first_choice() -> str:
    """The region the picker shows at first: home, else the one that the browser's language names, else the first."""
    offered = [region for region, _label in choices()]
    if settings().portal_home_country in offered:
        return settings().portal_home_country
    spoken = (tag.rpartition("-")[2].upper() for tag in request.accept_languages.values() if "-" in tag)
    return next((region for region in spoken if region in offered), offered[0])


def calling_codes() -> list[tuple[str, str]]:
    """All calling codes without the plus sign, each with the name of its main region and how many share it, by name."""
    found = _sharers(current()).items()
    return sorted(((str(code), f"{_main(names)} +{code}") for code, names in found), key=lambda one: one[1])


def sharers(code: int) -> tuple[str, ...]:
    """The names of the regions whose numbers begin with that calling code, the main one first; none if it is nobody's."""
    return _sharers(current()).get(code, ())


def main_sharer(code: int) -> str:
    """The name of its main region, and how many more there are; empty if it is nobody's."""
    return _main(sharers(code))


def _main(names: tuple[str, ...]) -> str:
    if len(names) < _SEVERAL:
        return "".join(names)
    return ngettext("%(name)s and %(num)s more", "%(name)s and %(num)s more", len(names) - 1, name=names[0])


@lru_cache(maxsize=4)
def _sharers(language: str) -> dict[int, tuple[str, ...]]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    names = _names(language)
    return {code: tuple(names.get(region, region) for region in regions)
            for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != "001"}
