"""Which states of the page of alarms can a browser show?"""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import administrator
from tests.browsing_states import in_town

PAGE = "/admin/settings/texts/alarms"
RINGS = ("INSERT INTO alarm (kind, subject, detail, raised_at, seen_at, tries) VALUES ('prefix', :prefix, 'Codes that went "
         "to new numbers do not come back: closed to them for 30 min', :at, :at, 0) ON CONFLICT DO NOTHING")
OVER = ("INSERT INTO alarm (kind, subject, detail, raised_at, seen_at, ended_at, told_at, told_end_at, tries) "
        "VALUES ('gateway', 'a-gateway-with-a-long-name', 'credentials', :at, :at, :at, :at, :at, 0)")
RECENT, LONG_AGO = 9_000_000_000.0, 1_800_000_000.0


@in_town("alarms")
def _(person: Person) -> None:
    person.town.writes(RINGS, prefix="299", at=RECENT)
    person.town.writes(OVER, at=LONG_AGO)
    administrator(person, PAGE).sees("No codes go to new numbers in +299", "a-gateway-with-a-long-name", "Nobody is told")
