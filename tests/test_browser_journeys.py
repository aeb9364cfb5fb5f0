"""Does somebody come in with Chromium: with its script and without, by keyboard, on a phone, in Chinese?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browsing import PHONE, Person
from tests.people import unlike
from tests.town import Town

pytest_plugins = ["tests.browsers"]
MakePerson = Callable[..., Person]


@pytest.mark.parametrize("about", [
    {}, {"java_script_enabled": False}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}, {"color_scheme": "dark"},
    {"forced_colors": "active"}, {"reduced_motion": "reduce"},
], ids=str)
def test_somebody_with_a_phone_comes_in(person: MakePerson, about: dict[str, object]) -> None:
    somebody = person(**about)
    username = somebody.is_new()
    somebody.logs_in(username)
    assert somebody.heading == "Verification code login"
    assert somebody.sees(f"+49 ••• •••• ••{somebody.number[-2:]}")
    somebody.fills(code=somebody.reads_code()).submits("code")
    assert (somebody.path, somebody.heading) == ("/", f"Welcome, {username}")
    somebody.presses("Log out")
    assert somebody.sees("You are logged out.")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_without_a_phone_binds_one_and_mends_a_slip(person: MakePerson, script: bool) -> None:
    somebody = person(java_script_enabled=script)
    username = somebody.is_new(phone=False)
    somebody.logs_in(username)
    assert somebody.heading == "Bind mobile phone number"
    _, wrong = somebody.town.person(phone=False)
    somebody.fills(country="DE", phone="0" + wrong[3:]).submits("phone")
    assert somebody.sees(f"••{wrong[-2:]}")
    with somebody.arriving():
        somebody.page.get_by_role("link", name="Change the number").click()
    somebody.fills(phone=somebody.number).submits("phone")
    assert somebody.sees(f"••{somebody.number[-2:]}")
    somebody.fills(code=somebody.reads_code()).submits("code")
    assert somebody.heading == f"Welcome, {username}"


@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_code_comes_back_empty_and_focused(person: MakePerson, script: bool) -> None:
    somebody = person(java_script_enabled=script).at_code_page()
    code = somebody.reads_code()
    somebody.fills(code=unlike(code)).submits("code")
    assert somebody.sees("That code is not right. Check the newest text message. 4 tries left.")
    assert somebody.page.title().startswith("Error: ")
    assert somebody.field("code").input_value() == ""
    assert somebody.is_in("code")
    somebody.fills(code=code).submits("code")
    assert somebody.path == "/"


def test_a_pasted_code_with_a_blank_is_sent_by_itself(person: MakePerson) -> None:
    somebody = person().at_code_page()
    code = somebody.reads_code()
    assert somebody.is_in("code")
    with somebody.arriving():
        somebody.page.evaluate("text => document.execCommand('insertText', false, text)", f"{code[:3]} {code[3:]}")
    assert somebody.path == "/"


def test_a_pasted_code_with_a_blank_is_taken_without_script(person: MakePerson) -> None:
    somebody = person(java_script_enabled=False).at_code_page()
    code = somebody.reads_code()
    somebody.fills(code=f"{code[:3]} {code[3:]}").submits("code")
    assert somebody.path == "/"


def test_a_code_that_the_phone_fills_in_is_sent_by_itself(person: MakePerson) -> None:
    somebody = person().at_code_page()
    with somebody.arriving():
        somebody.field("code").fill(somebody.reads_code())
    assert somebody.path == "/"


def test_a_code_typed_by_hand_waits_for_the_button(person: MakePerson) -> None:
    somebody = person().at_code_page()
    somebody.field("code").press_sequentially(somebody.reads_code())
    somebody.page.wait_for_timeout(600)
    assert somebody.path == "/login/code"
    somebody.submits("code")
    assert somebody.path == "/"


def test_the_page_says_what_becomes_of_the_text_without_a_reload(person: MakePerson) -> None:
    somebody = person().at_code_page()
    assert somebody.sees("Text message sent.")
    somebody.town.writes("UPDATE message SET state = 'delivered' WHERE phone = :phone", phone=somebody.number)
    assert somebody.page.locator("#state.delivered").inner_text().startswith("Text message delivered.")


def test_the_wait_for_another_text_counts_down_and_the_server_decides(person: MakePerson) -> None:
    somebody = person().at_code_page()
    clock = somebody.page.locator("[data-seconds]").first
    before = clock.inner_text()
    somebody.page.wait_for_timeout(2_100)
    assert re.fullmatch(r"in 0:\d\d", before)
    assert "in 0:00" < clock.inner_text() < before
    somebody.presses("Send the code again")
    assert somebody.sees("You can send again in")


def test_somebody_comes_in_with_the_keyboard_alone(person: MakePerson) -> None:
    somebody = person()
    username = somebody.is_new(phone=False)
    somebody.opens("/login")
    keys = somebody.page.keyboard
    assert goes_round(somebody) >= {"identifier", "password", "Show", "Log in", "简体中文"}
    somebody.opens("/login")
    assert somebody.is_in("identifier")
    keys.type(username)
    keys.press("Tab")
    keys.type("correct horse battery staple")
    with somebody.arriving():
        keys.press("Enter")
    assert somebody.heading == "Bind mobile phone number"
    assert goes_round(somebody) >= {"country", "phone", "Send verification code", "Cancel and log in as somebody else"}
    somebody.field("phone").focus()
    keys.type(somebody.number)
    keys.press("Tab")
    with somebody.arriving():
        keys.press("Space")
    code = somebody.reads_code()
    assert goes_round(somebody) >= {"Change the number", "code", "Verify and log in", "Cancel and log in as somebody else"}
    somebody.field("code").focus()
    keys.type(code)
    with somebody.arriving():
        keys.press("Enter")
    assert somebody.heading == f"Welcome, {username}"
    assert goes_round(somebody) >= {"Log out"}


SEEN = """() => {
  const node = document.activeElement;
  if (!node || node === document.body || node === document.documentElement) return null;
  const drawn = [node, node.parentElement].some(each => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  return [node.name || node.innerText.trim(), drawn];
}"""


def goes_round(person: Person) -> set[str]:
    """The stops of the Tab key, by name or words, each of which shows that it has the focus."""
    stops: dict[str, bool] = {}
    if person.page.locator("[autofocus]").count():
        person.page.locator(":focus").wait_for()
    for _ in range(14):
        person.page.keyboard.press("Tab")
        if stop := person.page.evaluate(SEEN):
            stops[stop[0].partition("\n")[0]] = stop[1]
    blind = [name for name, drawn in stops.items() if not drawn]
    assert not blind, f"focus is not to be seen at {blind}"
    return set(stops)


def test_somebody_comes_in_in_chinese(person: MakePerson) -> None:
    somebody = person(locale="zh-CN")
    username = somebody.is_new(phone=False)
    somebody.opens("/login")
    assert somebody.page.locator("html").get_attribute("lang") == "zh-Hans"
    somebody.page.get_by_label("用户名、手机号或邮箱").fill(username)
    somebody.page.get_by_label("密码").fill("correct horse battery staple")
    somebody.presses("登录")
    assert somebody.heading == "绑定手机号"
    somebody.page.get_by_label("国家或地区").select_option("DE")
    somebody.page.get_by_label("手机号", exact=True).and_(somebody.page.get_by_role("textbox")).fill(somebody.number)
    somebody.presses("发送验证码")
    assert somebody.heading == "验证码登录"
    somebody.page.get_by_label("验证码").press_sequentially(somebody.reads_code())
    somebody.presses("验证并登录")
    assert somebody.sees("登录成功", "退出登录")


def test_somebody_changes_the_language_in_the_middle(person: MakePerson) -> None:
    somebody = person().at_code_page()
    with somebody.arriving():
        somebody.page.get_by_role("link", name="简体中文").click()
    assert somebody.heading == "验证码登录"
    somebody.fills(code=unlike(somebody.reads_code())).submits("code")
    assert somebody.sees("验证码不正确")


def test_the_first_administrator_comes_by_the_link(person: MakePerson, village: Town) -> None:
    somebody = person(village, extra_http_headers={"X-Forwarded-For": "198.51.100.250"})
    said = village.portal.cli("welcome").stdout
    somebody.opens("/first-administrator/" + said.rpartition("/first-administrator/")[2].strip())
    somebody.fills(username="li.na", password="password1234", phone="0151 23456789").submits("phone")
    assert somebody.sees("That password is easy to guess.")
    assert (somebody.field("username").input_value(), somebody.field("phone").input_value()) == ("li.na", "0151 23456789")
    somebody.fills(password="correct horse battery staple").submits("phone")
    assert somebody.sees("The first administrator is created. Log in with the new account.")
    somebody.logs_in("li.na")
    assert somebody.heading == "Verification code login"
    village.writes("DELETE FROM sign_in")
    village.writes('DELETE FROM "user" WHERE role IS NOT NULL')
