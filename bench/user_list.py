"""Which pages of the user list are there to be measured? Every search, filter and order, from the first page to the last."""

from collections.abc import Iterator
from itertools import product

from portal.accounts import asking, listing
from portal.accounts.asking import SORTS, Asked
from portal.accounts.filters import Filter

FILTERS: tuple[tuple[Filter, ...], ...] = (
    (), *((name,) for name in Filter), (Filter.UNPROVEN, Filter.NEVER), (Filter.NO_PHONE, Filter.SUSPENDED),
)
_HUGE = 10**15  # an id beyond every other


def combinations(searches: tuple[str, ...], *, home: str) -> Iterator[Asked]:
    """Everything that the list can be asked for: those texts, `""` for none, with every filter in every order."""
    for search, filters, sort, descending in product(searches, FILTERS, SORTS, (True, False)):
        yield Asked(search=search, filters=filters, sort=sort, descending=descending, home=home)


def open_pages(asked: Asked) -> Iterator[listing.Found]:
    """The first page, the one behind it, the last and the one before it. Whoever listens to the engine sees the statements."""
    first = listing.page(asked)
    yield first
    if first.next:
        yield listing.page(asked, first.next)
    last = listing.page(asked, _end(asked))
    yield last
    if last.previous:
        yield listing.page(asked, last.previous)


def _end(asked: Asked) -> str:
    """The cursor behind every row, from where the last page lies backwards."""
    strands = asking.along(asked)
    strand = strands[-1]
    greatest = "" if strand.key is None else "9e99" if strand.key.type.python_type is float else "\U0010ffff"
    least = "-1" if greatest == "9e99" else ""
    return f"~{len(strands) - 1}.{0 if strand.descending else _HUGE}.{least if strand.descending else greatest}"
