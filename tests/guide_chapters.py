"""What does the product guide say, chapter by chapter, and what does somebody do who reads it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.guide import Name, Reader
from tests.town import Town
from tests.visitor import Visitor

APPLICATION = Name("人事 HR")
BOSS, BY_USERNAME, BY_NUMBER, BY_EMAIL = "+4915100000001", "+4915100000002", "+4915100000003", "+4915100000004"
EMAIL = "wang.wei@example.com"
MFA, POLICY, SMS = "Multi-factor authentication", "Policy Configuration", "SMS verification code"
GENERATED, LINK = "Generate one, to be replaced at the first login", "They set it themselves, with a one-time link"
WELCOME = "You are logged in. Verified by text message at %(time)s."
CHOSEN = "seven tall ships at sea"
"""What the users choose as their password."""


@dataclass
class Walk:
    """The administrator and all users of one portal, each with a browser of the same kind."""

    town: Town
    reader: Callable[[], Reader]
    phones: Visitor = field(init=False)
    boss: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.phones, self.boss = self.town.visitor(), self.reader()

    def logs_in(self, user: Reader, account: str, password: str = PASSWORD) -> Reader:
        """Log in by username/mobile phone number/email account."""
        user.enters("Username, mobile phone number or email", account).enters("Password", password)
        return user.presses("Log in")

    def enters_code(self, user: Reader, number: str) -> Reader:
        """Enter the SMS verification code obtained by the mobile phone."""
        assert user.is_at("Verification Code Login")
        user.enters("Verification code", self.phones.reads_code(number))
        return user.presses("Verify and log in")


def register(walk: Walk) -> None:
    """Register an account: the first one, by the link that the portal prints when it is started."""
    boss, said = walk.boss, walk.town.portal.cli("welcome").stdout
    boss.opens("/first-administrator/" + said.rpartition("/first-administrator/")[2].strip())
    boss.enters("Username", "boss").enters("Password", PASSWORD).enters("Mobile phone number", BOSS)
    boss.presses("Create administrator")
    walk.enters_code(walk.logs_in(boss, "boss"), BOSS)
    assert boss.sees(WELCOME)
    boss.follows(boss.begun("Dashboard"))


def create_application(walk: Walk) -> None:
    """Create a user pool and application: the portal is the one user pool."""
    walk.boss.selects("Applications", "Self-built application").follows("Create application")
    walk.boss.enters("Name", APPLICATION).presses("Create application")
    assert walk.boss.is_at(APPLICATION)


def go_to_application(walk: Walk) -> Reader:
    """Select the application in the self-built application list."""
    return walk.boss.selects("Applications", "Self-built application").follows(APPLICATION)


def enable_for_the_application(walk: Walk) -> None:
    """The tab appears with the switch *Customize security rules for this application*, and its switch is turned on there."""
    boss = go_to_application(walk)
    tab = boss.role("link", "Security management")
    boss.follows("Advanced configuration")
    here = boss.page.url
    expect(tab).to_have_count(0)
    boss.turns("Customize security rules for this application", on=True, module="Security rules")
    assert boss.page.url.partition("?")[0] == here
    go_to_application(walk).follows("Security management").turns(SMS, on=True, module=MFA)
    assert boss.sees("Saved. It holds at once.")


def disable_for_the_application(walk: Walk) -> None:
    go_to_application(walk).follows("Security Management").turns("SMS Verification Code", on=False, module=MFA)


def enable_globally(walk: Walk) -> None:
    """Enable the switch; then turn off the switch of each identity source that every portal has, and turn it on again."""
    walk.boss.selects("Security settings", MFA).turns(SMS, on=True, module=MFA)
    for source in ("Password", "Scan code"):
        walk.boss.turns(source, on=False, module=POLICY).turns(source, on=True, module=POLICY)


def disable_globally(walk: Walk) -> None:
    walk.boss.selects("Security Settings", MFA).turns("SMS Verification Code", on=False, module=MFA)


def create_user(walk: Walk, by: str, label: str, account: str) -> str:
    """Create a user by Username/Mobile Number/Email; the secret by which they come in."""
    boss = walk.boss.selects("User Management", "User List").presses("Create User")
    window = boss.role("dialog", "Create User")
    boss.follows(by, window).enters(label, account)
    boss.chooses(GENERATED if by == "Username" else LINK).presses("Create User")
    return boss.page.get_by_label(boss.named("Password" if by == "Username" else "One-time link")).input_value()


def bind_number(walk: Walk) -> None:
    """On the user details page, *Personal Information* hides the field behind a drop-down button."""
    boss = walk.boss.follows("Open the user’s details")
    number = boss.page.get_by_label(boss.named("Mobile phone number"))
    assert boss.role("region", "Personal Information").is_visible()
    expect(number).to_be_hidden()
    boss.unfolds("Show more fields").enters("Mobile phone number", BY_USERNAME).presses("Bind mobile phone number")
    assert boss.sees("Not proven")


@contextmanager
def experience(walk: Walk, account: str, password: str) -> Iterator[Reader]:
    """Click the button in the upper right corner of the application's details, and log in with the account."""
    with go_to_application(walk).in_new_tab("Experience Login") as tried:
        yield walk.logs_in(tried, account, password)
    # The administrator's own login was not touched: it goes on where it was.
    assert walk.boss.selects("Home").page.get_by_text("boss", exact=True).is_visible()
    walk.boss.follows(walk.boss.begun("Dashboard"))


def experience_login(walk: Walk) -> None:
    """With a number that was bound, and after the code a password of one's own; the result says all that happened."""
    generated = create_user(walk, "Username", "Username", "li.na")
    bind_number(walk)
    with experience(walk, "li.na", generated) as tried:
        walk.enters_code(tried, BY_USERNAME)
        tried.enters("New password", CHOSEN).presses("Save and log in")
        assert tried.sees("Asked: the rules ask for a code", "Code accepted", "Password changed")


def experience_login_without(walk: Walk) -> None:
    """With the switch of the application off nobody is asked, whatever the global one says."""
    with experience(walk, "li.na", CHOSEN) as tried:
        assert tried.sees("Not asked: SMS verification code is off")


def sets_password(walk: Walk, link: str) -> None:
    """Somebody whom the administrator gave a one-time link."""
    user = walk.reader().opens(link).enters("New password", CHOSEN).presses("Save password")
    assert user.sees("Your password is set. Log in with it.")


def goes_to_login(walk: Walk, account: str) -> Reader:
    return walk.logs_in(walk.reader().opens("/login"), account, CHOSEN)


def user_login(walk: Walk) -> None:
    """By username/mobile phone number/email account. Who has bound no number is asked for it in a window of that name."""
    sets_password(walk, create_user(walk, "Mobile number", "Mobile phone number", BY_NUMBER))
    sets_password(walk, create_user(walk, "Email", "Email", EMAIL))
    for account, number in (("li.na", BY_USERNAME), (BY_NUMBER, BY_NUMBER), (EMAIL, BY_EMAIL)):
        user = goes_to_login(walk, account)
        if account == EMAIL:
            assert user.role("dialog", "Bind Mobile Phone Number").is_visible()
            user.enters("Mobile phone number", number).presses("Send verification code")
        walk.enters_code(user, number)
        assert user.sees(WELCOME)
        user.presses("Log out")


def user_login_without(walk: Walk) -> Reader:
    """The last who logged in."""
    for account in ("li.na", BY_NUMBER, EMAIL):
        user = goes_to_login(walk, account)
        user.role("button", "Log out").wait_for()
    return user


def follow_the_guide(walk: Walk) -> Reader:
    """All of it, in its order; returns who logged in last.

    The global switch is on in a new portal: that enabling it does something, it is off before.
    """
    register(walk)
    create_application(walk)
    disable_globally(walk)
    enable_for_the_application(walk)
    enable_globally(walk)
    experience_login(walk)
    user_login(walk)
    disable_for_the_application(walk)
    experience_login_without(walk)
    disable_globally(walk)
    return user_login_without(walk)
