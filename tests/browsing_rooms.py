"""Which pages and states can a browser show behind the door, and when something is wrong? Each by name, with the way there."""

from __future__ import annotations

from portal.signin import oversight
from portal.trace import COMMAND, Actor
from tests.browsing import Person
from tests.browsing_states import IN_TOWN, IN_VILLAGE, at, in_town, in_village

IN_TOWN["error 404"] = at("/nothing-here")
IN_TOWN["error 405"] = at("/logout")
IN_VILLAGE["inbox empty"] = at("/inbox")


def lacks_second_factor(person: Person, **about: bool) -> None:
    """Somebody who came in without a code while the switch was off for one login of theirs."""
    username = person.is_new(**about)
    with person.town.app.app_context():
        oversight.bypass(person.town.user_id(username), 5, COMMAND, actor=Actor("test"))
    person.logs_in(username)
    person.town.writes("UPDATE sign_in SET methods = '{\"pwd\": 1}' WHERE user_id = :user", user=person.town.user_id(username))


@in_town("step up")
def _(person: Person) -> None:
    lacks_second_factor(person)
    person.opens("/")


@in_town("step up without number")
def _(person: Person) -> None:
    lacks_second_factor(person, phone=False)
    person.opens("/")


@in_town("home")
def _(person: Person) -> None:
    person.is_home()


@in_town("home administrator")
def administrator(person: Person) -> None:
    person.is_home(administrator=True)


@in_town("error 403")
def _(person: Person) -> None:
    person.is_inside().opens("/settings/mfa")


@in_town("dashboard")
def _(person: Person) -> None:
    person.is_inside(administrator=True).opens("/admin/?span=days")
    person.page.get_by_text("Show as table").first.click()


@in_town("settings in force")
def _(person: Person) -> None:
    person.is_inside(administrator=True).opens("/admin/settings")
    person.page.get_by_text("Limits", exact=True).click()


@in_town("settings")
def settings(person: Person) -> None:
    person.is_inside(administrator=True).opens("/settings/mfa")


@in_town("settings preview")
def _(person: Person) -> None:
    settings(person)
    person.fills(who=person.town.person()[0], application="Archive").presses("Preview")


@in_town("settings preview refused")
def _(person: Person) -> None:
    settings(person)
    person.fills(who="nobody.at.all", application="Nowhere").presses("Preview")


@in_town("settings question")
def asks(person: Person) -> None:
    settings(person)
    person.page.get_by_role("switch").first.click()
    person.submits("version")
    assert person.page.locator("form.confirm").count()


@in_town("settings unsaved")
def _(person: Person) -> None:
    asks(person)
    with person.arriving():
        person.page.get_by_role("link").and_(person.page.locator("form.confirm a")).click()


@in_town("application rules")
def rules(person: Person) -> None:
    person.is_inside(administrator=True).opens(f"{archive(person)}/security")


@in_town("application advanced")
def _(person: Person) -> None:
    person.is_inside(administrator=True).opens(f"{archive(person)}/advanced")


@in_town("application rules saved")
def saved(person: Person) -> None:
    """Its switch may be thrown without touching anybody else."""
    rules(person)
    throws(person)
    assert "saved=1" in person.page.url, person.said


@in_town("application rules overtaken")
def _(person: Person) -> None:
    rules(person)
    before, own = person.page, person.new_page()
    own.goto(before.url)
    person.page = own
    throws(person, 1)
    person.page = before
    own.close()
    throws(person)
    assert person.page.locator(".notice.care").count()


def archive(person: Person) -> str:
    """The address of an application with rules of its own."""
    found = person.town.value("SELECT id FROM application WHERE name = 'Archive'")
    return f"/admin/applications/{found}"


def throws(person: Person, place: int = 0) -> None:
    """Throw a switch of the page that is open, and go on where a question is asked."""
    person.page.get_by_role("switch").nth(place).click()
    person.submits("version")
    if person.page.locator("form.confirm").count():
        with person.arriving():
            person.page.locator("form.confirm button.go").click()


@in_town("inbox filled")
def _(person: Person) -> None:
    person.at_code_page().reads_code()
    person.opens(f"/inbox?to=%2B{person.number[1:]}")


@in_town("error 400")
def _(person: Person) -> None:
    """The portal under a name that is not its own. Styles are refused there, too: they come from its own name."""
    own, foreign = person.town.portal.url, person.town.portal.url.replace("127.0.0.1", "portal.localhost")
    person.page.route("**/static/**", lambda ask: ask.fulfill(response=ask.fetch(url=ask.request.url.replace(foreign, own))))
    person.opens(foreign + "/login")


@in_town("error out of date")
def _(person: Person) -> None:
    person.at_code_page()
    other = person.new_page()
    other.goto("/login/code")
    person.fills(code=person.reads_code()).submits("code")
    person.page = other
    person.fills(code="123").submits("code")


@in_town("error 413")
def _(person: Person) -> None:
    person.opens("/login").fills(identifier="x" * 1_100_000, password="x").submits("password")


@in_village("first administrator")
def first_administrator(person: Person) -> None:
    said = person.town.portal.cli("welcome").stdout
    person.opens("/first-administrator/" + said.rpartition("/first-administrator/")[2].strip())


@in_village("first administrator weak password")
def _(person: Person) -> None:
    first_administrator(person)
    person.fills(username="li.na", password="password1234", phone="0151 23456789").submits("phone")


@in_village("first administrator all wrong")
def _(person: Person) -> None:
    first_administrator(person)
    person.fills(username="1", password="x", phone="1").submits("phone")


@in_village("first administrator too many tries")
def _(person: Person) -> None:
    first_administrator(person)
    for _ in range(4):
        person.submits("phone")


@in_village("error 429")
def _(person: Person) -> None:
    for _ in range(4):
        person.opens("/login").page.evaluate("document.forms[0].action = '/login/code/resend'")
        person.submits("password")


@in_village("login too many from here")
def _(person: Person) -> None:
    for tries in range(4):
        person.logs_in(f"nobody{tries}", "not the password")


@in_village("error 500")
def _(person: Person) -> None:
    lacks_second_factor(person)
    broken = "UPDATE sign_in SET methods = '{\"pwd\": 1, \"sms\": \"soon\"}' WHERE user_id = (SELECT max(user_id) FROM sign_in)"
    person.town.writes(broken)
    person.opens("/")


@in_village("error 503")
def _(person: Person) -> None:
    person.at_code_page()
    person.town.writes("ALTER TABLE sign_in RENAME TO elsewhere")
    person.opens("/login/code")
    person.town.writes("ALTER TABLE elsewhere RENAME TO sign_in")
