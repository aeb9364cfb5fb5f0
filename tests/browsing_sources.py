"""Which pages and states of the console's identity sources can a browser show? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import administrator, own
from tests.browsing_states import IN_TOWN, Way, in_town

LIST = "/admin/settings/sources"
NEW = f"{LIST}/new"


def added(person: Person, **typed: str) -> str:
    """The address of a source that this person adds, theirs alone."""
    administrator(person, f"{NEW}/github")
    key = f"hub-{person.number.lstrip('+')}"
    person.fills(title=f"Hub {person.number}", name=key, client_id="abc", secret="s3cret", **typed).submits("client_id")
    assert person.heading == f"Hub {person.number}", person.said
    return person.path


@in_town("identity sources")
def _(person: Person) -> None:
    added(person)
    person.opens(LIST)


@in_town("identity sources to choose from")
def _(person: Person) -> None:
    administrator(person, NEW)


@in_town("identity source of our own")
def _(person: Person) -> None:
    administrator(person, f"{LIST}/2")


@in_town("identity source")
def _(person: Person) -> None:
    added(person)


def new(kind: str) -> Way:
    return lambda person: administrator(person, f"{NEW}/{kind}")


for _kind in ("oidc", "microsoft", "ldap"):
    IN_TOWN[f"identity source new {_kind}"] = new(_kind)


@in_town("identity source refused")
def _(person: Person) -> None:
    administrator(person, f"{NEW}/ldap").fills(title="", base_dn="", filter="(", servers="ldap://one", email_domains="x")
    person.submits("servers")


@in_town("identity source to delete")
def _(person: Person) -> None:
    person.opens(f"{added(person)}/delete").fills(typed="another").submits("typed")


@in_town("identity source to try")
def _(person: Person) -> None:
    person.opens(f"{added(person)}/try")


@in_town("identity source of an application")
def _(person: Person) -> None:
    person.opens(f"{own(person)}/advanced")
