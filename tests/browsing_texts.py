"""Which pages and states of the console's gateways and rules can a browser show? Each by name, with the way there."""

from __future__ import annotations

from tests.browsing import Person
from tests.browsing_applications import administrator
from tests.browsing_states import IN_TOWN, Way, in_town

LIST, RULES = "/admin/settings/texts", "/admin/settings/texts/rules"
NEW = f"{LIST}/gateways/new"
RINGS = ("INSERT INTO alarm (kind, subject, detail, raised_at, seen_at, tries) "
         "VALUES ('gateway', :name, 'credentials', :at, :at, 0)")
FOR_EVER = 9_000_000_000.0
FAILED = "UPDATE message SET gateway = :name, state = 'failed', reason = 'credentials' WHERE purpose = 'test' AND via = :name"


def added(person: Person) -> str:
    """The address of a gateway that this person adds, off and theirs alone."""
    administrator(person, f"{NEW}/vonage")
    person.fills(title=f"Line {person.number}", name=own_name(person), host="127.0.0.1:9", api_key="abc", api_secret="s3cret")
    person.submits("title")
    assert person.heading == f"Line {person.number}", person.said
    return person.path


def own_name(person: Person) -> str:
    return f"line-{person.number.lstrip('+')}"


def tried(person: Person) -> str:
    """The same, once a test by it has failed."""
    here = added(person)
    person.opens(f"{here}/test").fills(country="DE", phone=person.number).submits("phone")
    person.town.writes(FAILED, name=own_name(person))
    return here


def ruled(person: Person) -> str:
    """The beginning of the numbers for which this person's own gateway has a rule."""
    added(person)
    prefix = f"8{person.number[-7:]}"
    person.opens(f"{RULES}/new").fills(prefix=prefix, sender_1="Acme")
    person.field("gateway_1").select_option(own_name(person))
    person.submits("prefix")
    return prefix


@in_town("gateways")
def _(person: Person) -> None:
    tried(person)
    person.opens(LIST).sees("Fails")


@in_town("gateways at night")
def _(person: Person) -> None:
    person.opens(added(person)).presses("Turn on")
    person.town.writes(RINGS, name=own_name(person), at=FOR_EVER)
    person.opens(LIST).sees("takes no messages", "Enter them once more", "Turn off", "Nobody was hit")


@in_town("gateways to choose from")
def _(person: Person) -> None:
    administrator(person, NEW)


def new(kind: str) -> Way:
    return lambda person: administrator(person, f"{NEW}/{kind}")


for _kind in ("vonage", "vonage-voice", "http", "mail"):
    IN_TOWN[f"gateway new {_kind}"] = new(_kind)


@in_town("gateway refused")
def _(person: Person) -> None:
    administrator(person, f"{NEW}/vonage").fills(title="", name="vonage", sender="far too long a name", per_second="many")
    person.fills(host="/", private_key="none").submits("title")


@in_town("gateway described and refused")
def _(person: Person) -> None:
    administrator(person, f"{NEW}/http").fills(http_address="http://x", http_headers="Host: x", http_body="{text}")
    person.page.locator(".unfold summary").last.click()
    person.fills(http_statuses="2xx", http_success_path="a b", http_failed_path="..", http_ca="x").submits("title")
    person.sees("That isn’t PEM text")


@in_town("gateway of the environment")
def _(person: Person) -> None:
    administrator(person, f"{LIST}/gateways/0")


@in_town("gateway")
def _(person: Person) -> None:
    person.opens(tried(person)).sees("It fails at the moment.")


@in_town("gateway to delete")
def _(person: Person) -> None:
    person.opens(f"{added(person)}/delete").fills(typed="another").presses("Delete gateway").sees("Nothing was deleted.")


@in_town("gateway to try")
def _(person: Person) -> None:
    person.opens(f"{added(person)}/test").fills(phone="12").submits("phone")


@in_town("gateway tried")
def _(person: Person) -> None:
    tried(person)
    person.page.reload()
    person.sees("The gateway does not know our credentials.")


@in_town("rules for gateways")
def _(person: Person) -> None:
    ruled(person)
    person.opens(f"{RULES}?to=%2B447400123456").sees("Inbox, sender Portal")


@in_town("rule for gateways")
def _(person: Person) -> None:
    prefix = ruled(person)
    with person.arriving():
        person.page.get_by_role("link", name=f"+{prefix}").click()


@in_town("rule for gateways refused")
def _(person: Person) -> None:
    administrator(person, f"{RULES}/new").fills(prefix="0044", sender_1="far too long a name").submits("prefix")
