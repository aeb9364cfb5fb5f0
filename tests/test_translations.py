"""Does somebody who reads Chinese ever meet an English sentence?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask

from tests.conftest import PASSWORD
from tests.pages import Page
from tests.servers import ROOT
from tests.visitor import FORM, Visitor

PHONE = "+4915112345678"
NAMES = {"Portal", "UTC", "English", "localhost", "SMS", "Firefox", "test"}
"""What stands in Latin letters on a Chinese page: names of the portal, its clock, a language, a host, a browser, an actor."""
TERMS = {"API", "CA", "CSV", "GIF", "ID", "JPEG", "JSON", "Lines", "JWT", "KiB", "MB", "Messages", "PEM", "PKCS", "PNG",
         "PostgreSQL", "Redis", "SQLite", "SVG", "UTF", "Vonage", "WebP", "Windows", "argon", "gunicorn", "id",
         "Connect", "DN", "Directory", "Enterprise", "GitHub", "Google", "Keycloak", "LDAP", "Microsoft", "Okta", "OpenID",
         "OpenLDAP", "Server", "StartTLS", "TLS", "Workspace", "acr", "amr", "entryUUID", "openid", "python", "ldap", "scope",
         "subject", "Webhook", "HTTP", "GET", "POST", "PUT", "URL", "XML", "CDATA", "DOCTYPE", "RSA", "STARTTLS", "GSM", "UCS",
         "EUR", "STOP", "START", "Delivery", "receipts", "Inbound", "Status", "Authorization", "Bearer", "Basic", "Key"}
"""What has no other name in Chinese: formats, units, and programs that whoever runs the portal knows."""
TYPED = re.compile(
    r"`[^`]*`|“(?:flask|pip) [^”]*”|-----[A-Z ]+-----|\{\w+\}|\b(?:uid|ou|dc)=[!-~]+|(?:\w+\.)*(?:example|github)\.\w+|"
    r"[A-Z]+(?:_[A-Z]+)+(?:=\w+)?|messages\.0\.\w+|\b\w+=\{\w+\}(?:&\w+=\{\w+\})*|[!-~]*(?:://|@)[!-~]*|(?<![!-~])/inbox|%\(\w+\)s")
"""What is typed as it stands: commands, variables, addresses; and the holes of a sentence."""
SPOKEN = ("aria-label", "aria-description", "alt", "title", "placeholder",
          "data-busy", "data-show", "data-hide", "data-one", "data-many")
CATALOGUES = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))

MakeUser = Callable[..., int]


def english(text: str) -> set[str]:
    """The words in Latin letters that are no names."""
    return set(re.findall(r"[A-Za-z]{2,}", re.sub(r"参考编号 [0-9a-f]{16}", "", text))) - NAMES


def said(page: Page) -> Iterator[str]:
    """All that a page says to somebody who sees or hears it."""
    yield from (page.title, page.text)
    yield from (node.get(name) for node in page.root.walk() for name in SPOKEN if node.has(name))


class Reader(Visitor):
    """A person whose browser asks for Chinese, and who takes offence at every English word."""

    def _goes(self, method: str, path: str, *, content: bytes = b"", kind: str = FORM) -> Visitor:
        super()._goes(method, path, content=content, kind=kind)
        left = set[str]().union(*map(english, said(self.page)))
        assert not left, f"{method} {path} ({self.status}) says {sorted(left)}: {self.page.text}"
        assert [node.get("lang") for node in self.page.root.all("html")] == ["zh-Hans"]
        return self


def another_than(code: str) -> str:
    return "000000" if code != "000000" else "000001"


@pytest.fixture
def reader(visitor: Visitor) -> Reader:
    return Reader(visitor.transport, language="zh-CN,zh;q=0.9,en;q=0.5")


def test_the_way_of_somebody_with_a_phone_is_chinese(reader: Reader, make_user: MakeUser) -> None:
    make_user(username="李娜", phone=PHONE)
    assert reader.opens("/login").page.heading == "登录 Portal"
    reader.fills(identifier="", password="").submits().sees("请输入用户名、手机号或邮箱。", "请输入密码。")
    reader.logs_in("李娜", "wrong").sees("账号与密码不匹配。请检查后重试。")
    reader.logs_in("李娜", PASSWORD).sees("手机号", "验证码")
    assert reader.page.heading == "验证码登录"
    reader.fills(code="").submits().sees("请输入短信中的验证码。")
    reader.fills(code="12").submits().sees("验证码是 6 位数字")
    reader.fills(code=another_than(reader.reads_code(PHONE))).submits().sees("验证码不正确", "还可以再试 4 次。")
    reader.posts("/login/code/resend").sees("秒后重新发送。")
    code = str(reader.text_messages(PHONE)[0]["code"])
    reader.fills(code=code).submits().sees("李娜，欢迎您", "登录成功。")
    reader.opens("/settings/mfa")
    assert reader.status == 403
    reader.opens("/").submits("退出登录").sees("您已退出登录。")


def test_the_way_of_somebody_without_a_phone_is_chinese(reader: Reader, make_user: MakeUser) -> None:
    make_user(username="李娜")
    assert reader.logs_in("李娜", PASSWORD).page.heading == "绑定手机号"
    reader.fills(phone="").submits("发送验证码").sees("请输入手机号。")
    reader.fills(phone="123").submits("发送验证码").sees("这不是完整的手机号。")
    reader.fills(country="DE", phone="0900 1123456").submits("发送验证码").sees("请填写手机号。")
    reader.fills(country="DE", phone="0151 12345678").submits("发送验证码").sees("更换手机号")
    reader.clicks("更换手机号").sees("返回输入验证码")
    reader.opens("/login/code").enters_code(PHONE).sees("登录成功。已于")


def test_the_way_out_of_an_unfinished_login_is_chinese(reader: Reader, make_user: MakeUser) -> None:
    make_user(username="李娜", phone=PHONE)
    reader.logs_in("李娜", PASSWORD).submits("取消并用其他账号登录").sees("登录已取消。")
    reader.logs_in("李娜", PASSWORD).posts("/login/code", csrf_token="from-before", code="1").sees("此页面打开过久")
    wrong = another_than(str(reader.text_messages(PHONE)[0]["code"]))
    for _try in range(5):
        reader.fills(code=wrong).submits()
    reader.sees("验证码错误次数过多。请等待 60 秒后重新获取验证码。")


def test_an_administrators_pages_are_chinese(reader: Reader, make_user: MakeUser) -> None:
    make_user(username="管理员", phone=PHONE, administrator=True)
    reader.logs_in("管理员", PASSWORD).enters_code(PHONE)
    reader.opens("/settings/mfa").sees("多因素认证", "短信验证码", "策略配置", "密码", "管理员始终需要验证", "谁可以绑定手机号")
    reader.fills("portal.sms", False).submits("保存更改")
    reader.sees("保存这些更改？", "“短信验证码”从开变为关", "不再有人需要输入验证码")
    reader.submits("保存更改").sees("已保存 1 项更改，立即生效。", "由 管理员 于", "关闭。", "已关闭“短信验证码”")
    reader.submits("保存更改").sees("没有任何更改。")
    reader.submits("恢复为开 短信验证码").sees("没有正在运行的发送进程")
    reader.submits("保存更改").sees("已保存 1 项更改")
    reader.fills(who="管理员").submits("预览").sees("需要输入验证码", "输入密码之后是“验证码登录”页面。", "哪里需要验证码")
    reader.opens("/settings/mfa")
    reader.fills("portal.sms", False).posts("/settings/mfa", version="old").sees("在此期间有人更改了开关。")


def test_the_details_of_a_user_are_chinese(reader: Reader, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="管理员", phone=PHONE, administrator=True)
    page = f"/admin/users/{make_user(username='李娜')}"
    reader.cookies = visitor.logs_in("管理员", PASSWORD).enters_code(PHONE).cookies
    reader.opens(page).sees("个人信息", "显示更多字段")
    reader.submits("绑定手机号").sees("请输入该用户的手机号")
    reader.fills(phone=PHONE).submits("绑定手机号").sees("该号码已属于 管理员。")
    reader.fills(phone="+4915112345679").submits("绑定手机号").sees("已绑定，首次输入验证码之前为未验证。", "未验证")
    reader.opens(page).fills(username="1").submits("保存").sees("用户名")
    reader.opens(page).posts(page, username="李娜", name="娜", version="1").sees("期间有人修改了该用户", "当前值：未设置")
    reader.submits("保存").sees("已保存。")
    reader.opens(f"{page}/phone/remove").submits("移除手机号").sees("手机号已移除。")
    reader.opens(f"{page}/security").fills(minutes="0").submits("给予一次性免验证").sees("请说明原因", "1 到 60")
    reader.fills(minutes="5", why="手机丢失").submits("给予一次性免验证").sees("有效至")
    reader.submits("撤回").sees("一次性免验证已撤回。")
    reader.submits("停用").sees("已停用")
    reader.submits("恢复").sees("已恢复。")
    reader.fills(role="审计员").submits("保存角色").sees("角色已更改。")
    reader.opens(f"{page}/reset").sees("重置 娜 的多因素认证？")
    reader.opens(f"{page}/logins").sees("还没有登录记录")
    reader.opens(f"{page}/trail").sees("一次性免验证已撤回", "用户已创建")
    reader.opens(f"{page}/delete").submits("删除用户").sees("未删除任何内容。")
    visitor.opens(f"{page}/delete").fills(typed="李娜").submits("Delete user")
    reader.opens(page).sees("该用户已被删除", "管理员 于")


def test_the_step_up_is_chinese(reader: Reader, make_user: MakeUser, app: Flask) -> None:
    from portal.signin import switches
    from portal.trace import COMMAND, Actor

    make_user(username="李娜")
    with app.app_context():
        switches.turn({("portal", "sms"): "off"}, COMMAND, actor=Actor("test"))
    reader.logs_in("李娜", PASSWORD).sees("尚未绑定")
    with app.app_context():
        switches.turn({("portal", "sms"): "on"}, COMMAND, actor=Actor("test"))
    reader.opens("/").sees("还差一步", "您的账号还没有手机号")
    reader.submits("继续")
    assert reader.page.heading == "绑定手机号"


def test_creating_the_first_administrator_is_chinese(reader: Reader, app: Flask) -> None:
    from portal.signin import first_administrator

    with app.app_context():
        token = first_administrator.issue()
    reader.opens(f"/first-administrator/{token}").sees("创建第一位管理员")
    reader.fills(username="@", password="short", phone="1").submits()
    reader.sees("用户名为 2 到 64 个字符", "密码过短", "这不是完整的手机号")
    reader.fills(username="管理员", password="passwordpassword").submits().sees("这个密码容易被猜到。")
    filled = {"username": "管理员", "password": PASSWORD, "country": "DE", "phone": "0151 12345678"}
    reader.fills("", "", **filled).submits("创建管理员").sees("第一位管理员已创建。")


def test_inbox_and_error_pages_are_chinese(reader: Reader, make_user: MakeUser) -> None:
    reader.opens("/inbox").sees("还没有短信。")
    make_user(username="李娜", phone=PHONE)
    reader.logs_in("李娜", PASSWORD).reads_text_message(PHONE)
    reader.opens("/inbox").sees("是您的 Portal 验证码", "已发送")
    assert reader.opens("/nowhere").status == 404
    assert reader.posts("/healthz").status == 405
    assert reader.opens("/login").posts("/login", identifier="x" * 70_000).status == 413
    for _try in range(6):
        reader.logs_in("somebody", "wrong")
    assert reader.status == 429


@pytest.mark.parametrize(("asked", "tag"), [
    ("zh-CN", "zh-Hans"), ("zh-Hans-CN", "zh-Hans"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("zh", "zh-Hans"),
    ("zh-SG,en;q=0.8", "zh-Hans"), ("en-GB,zh;q=0.5", "en"),
    ("en-GB,en;q=0.9,zh;q=0.5", "en"), ("fr", "en"), ("", "en")])
def test_the_browser_s_language_finds_its_catalogue(another_visitor: Callable[..., Visitor], asked: str, tag: str) -> None:
    page = another_visitor(language=asked).opens("/login").page
    assert [node.get("lang") for node in page.root.all("html")] == [tag]


def test_a_language_chosen_by_link_stays(visitor: Visitor) -> None:
    visitor.opens("/login").clicks("简体中文").sees("登录")
    visitor.opens("/login").sees("登录 Portal")
    visitor.clicks("English").sees("Log in to Portal")


def messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file)
    return [message for message in catalogue if message.id]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_no_translation_is_missing_guessed_or_half_english(path: Path) -> None:
    for message in messages(path):
        asked, given = every(message.id), every(message.string)
        assert all(given), message.id
        assert not message.fuzzy, message.id
        for text in given:
            assert set(holes(text)) <= set(holes(asked[-1])), message.id
            assert not english(TYPED.sub("", text)) - TERMS, text


def every(text: Any) -> tuple[str, ...]:
    """A sentence in all its numbers."""
    return (text,) if isinstance(text, str) else tuple(text)


def holes(text: str) -> list[str]:
    """Where values are put into a sentence."""
    return re.findall(r"%\((\w+)\)s", text)
