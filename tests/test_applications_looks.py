"""Do the login pages of an application show its name, logo and colour, and can no upload harm anybody?"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.applications import colours
from tests.conftest import PASSWORD
from tests.drawing import drawn, picture
from tests.pages import Node
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, leads_to, rows
from tests.servers import ROOT
from tests.visitor import Visitor

NEW = "/admin/applications/new"
TOO_MANY, NO_PICTURE = "more than 2048 × 2048 pixels", "That file is no whole picture"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator before the window *Create application*."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    make_user(username="new")
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE).opens(NEW)


def creates(boss: Visitor, logo: bytes = b"", **about: str) -> Visitor:
    boss.opens(NEW).fills(**({"name": "Travel"} | about))
    if logo:
        boss.chooses("Logo", "logo.png", logo)
    return boss.submits("Create application")


def client_id(app: Flask) -> str:
    [row] = rows(app, "SELECT client_id FROM application")
    return str(row.client_id)


def links(visitor: Visitor) -> list[str]:
    """The stylesheet and the picture of an application on the page that is open."""
    found = [node.get("href") for node in visitor.page.root.all("link") if "/accent.css" in node.get("href")]
    return found + [node.get("src") for node in visitor.page.root.all("img")]


def brand(visitor: Visitor) -> str:
    [node] = [node for node in visitor.page.root.all("header") if node.get("class") == "brand"]
    return node.words()


@pytest.mark.usefixtures("both_databases")
def test_every_page_of_a_login_shows_the_application(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss, picture(300, 200), colour="#a11b12")
    expected = [f"/applications/{client_id(app)}/accent.css?v=1", f"/applications/{client_id(app)}/logo?v=1"]
    visitor.opens(f"/login?application={client_id(app)}")
    assert (brand(visitor), links(visitor)) == ("Travel", expected)
    visitor.fills(identifier="new", password="wrong").submits()
    assert (brand(visitor), links(visitor), visitor.status) == ("Travel", expected, 422)
    visitor.fills(identifier="new", password=PASSWORD).submits()
    assert leads_to(visitor, "/login/phone")
    assert (brand(visitor), links(visitor)) == ("Travel", expected)
    visitor.fills(country="DE", phone="1512 3456789").submits()
    assert leads_to(visitor, "/login/code")
    assert (brand(visitor), links(visitor)) == ("Travel", expected)
    assert visitor.opens("/login/phone").sees("Travel")


def test_the_portal_itself_shows_none(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss, picture(300, 200), colour="#a11b12")
    for asked in ("", "?application=", "?application=unknown", "?application=%00", "?application=" + "x" * 500):
        assert links(visitor.opens(f"/login{asked}")) == []
        assert brand(visitor) == "Portal"
    assert links(visitor.logs_in("li.na", PASSWORD)) == []


def test_an_application_without_logo_and_colour_shows_its_name_alone(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss)
    assert links(visitor.opens(f"/login?application={client_id(app)}")) == []
    assert brand(visitor) == "Travel"


@pytest.mark.usefixtures("both_databases")
def test_logo_and_colour_are_served_to_anybody_and_kept_for_ever(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss, picture(300, 200), colour="#14613a")
    for name, kind in (("logo", "image/png"), ("accent.css", "text/css")):
        path = f"/applications/{client_id(app)}/{name}"
        kept, other = visitor.sends("GET", f"{path}?v=1"), visitor.sends("GET", f"{path}?v=2")
        assert (kept.status, kept.header("Cache-Control")) == (200, "public, max-age=31536000, immutable")
        assert kept.header("Content-Type").startswith(kind)
        assert kept.header("X-Content-Type-Options") == "nosniff"
        assert kept.header("Set-Cookie") == ""
        assert (other.content, other.header("Cache-Control")) == (kept.content, "no-store")
    logo = drawn(visitor.sends("GET", f"/applications/{client_id(app)}/logo").content)
    assert (logo.format, logo.size) == ("PNG", (128, 128))


def test_a_changed_logo_has_another_address_and_a_removed_one_none(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss, picture(300, 200))
    login, logo = f"/login?application={client_id(app)}", f"/applications/{client_id(app)}/logo"
    before = visitor.sends("GET", logo).content
    boss.chooses("Logo", "other.png", picture(50, 50, colour="#14613a")).submits("Save changes")
    assert links(visitor.opens(login)) == [f"{logo}?v=2"]
    assert visitor.sends("GET", logo).content != before
    boss.fills("Remove logo", True).submits("Save changes")
    assert links(visitor.opens(login)) == []
    assert visitor.sends("GET", logo).status == 404
    assert boss.does_not_see("Remove logo")
    assert visitor.sends("GET", f"/applications/{client_id(app)}/accent.css").status == 404
    assert visitor.sends("GET", "/applications/nobody/logo").status == 404
    assert visitor.sends("GET", "/applications/%00/logo").status == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("colour", ["#a11b12", None])
def test_each_kind_of_picture_becomes_a_small_png(app: Flask, boss: Visitor, kind: str, colour: str | None) -> None:
    creates(boss, picture(400, 300, kind, colour=colour))
    [row] = rows(app, "SELECT logo FROM application")
    assert (drawn(row.logo).format, drawn(row.logo).size) == ("PNG", (128, 128))
    assert len(row.logo) <= 24_000


def test_nothing_of_the_file_itself_is_kept(app: Flask, boss: Visitor) -> None:
    creates(boss, picture(64, 64) + b"<script>alert('after the picture')</script>")
    [row] = rows(app, "SELECT logo FROM application")
    assert b"script" not in row.logo


def bomb() -> bytes:
    """A PNG of 30 kB that is 900 million pixels once it is decoded."""
    size = (30_000).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + b"".join([
        chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0])), chunk(b"IDAT", zlib.compress(bytes(1_000_000))),
        chunk(b"IEND", b"")])


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


@pytest.mark.parametrize(("logo", "said"), [
    (bomb, TOO_MANY),
    (lambda: picture(2100, 2000), TOO_MANY),
    (lambda: picture(700, 700, colour=None), "larger than 1 MB"),
    (lambda: picture(100, 100, colour=None)[:9_000], NO_PICTURE),
    (lambda: picture(100, 100, "JPEG", colour=None)[:3_000], NO_PICTURE),
    (lambda: picture(100, 100, "BMP"), NO_PICTURE),
    (lambda: picture(100, 100, "TIFF"), NO_PICTURE),
    (lambda: b"%PDF-1.7", NO_PICTURE),
    (lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "An SVG drawing can carry a program"),
])
def test_a_file_that_is_no_logo_is_refused_and_nothing_else_is_lost(
        app: Flask, boss: Visitor, logo: Callable[[], bytes], said: str) -> None:
    creates(boss, logo(), home_address="https://travel.example/")
    assert boss.status == 422
    error = boss.page.by_id("logo-error")
    assert error is not None
    assert said in error.words()
    kept = dict(boss.form("name").values())
    assert (kept["name"], kept["home_address"]) == ("Travel", "https://travel.example/")
    assert rows(app, "SELECT id FROM application") == []


def test_a_good_logo_is_carried_on_while_another_field_is_wrong(app: Flask, boss: Visitor) -> None:
    creates(boss, picture(300, 200), home_address="nowhere")
    assert boss.status == 422
    assert boss.sees("The logo that you chose is kept until you save.")
    boss.fills(home_address="").submits("Create application")
    [row] = rows(app, "SELECT logo FROM application")
    assert drawn(row.logo).size == (128, 128)


@pytest.mark.parametrize("kept", ["not base64!", "aGVsbG8=", "PHN2Zz4="])
def test_a_forged_kept_logo_is_read_like_any_other_file(app: Flask, boss: Visitor, kept: str) -> None:
    boss.posts(NEW, name="Travel", kept_logo=kept)
    assert all(row.logo is None for row in rows(app, "SELECT logo FROM application"))


def test_far_too_much_is_refused_before_it_is_read(boss: Visitor, visitor: Visitor) -> None:
    creates(boss, bytes(3_000_000))
    assert boss.status == 413
    visitor.logs_in("li.na", PASSWORD).enters_code(PHONE)
    token = visitor.tokens[0]
    head = [("Content-Type", "application/x-www-form-urlencoded")]
    assert visitor.sends("POST", NEW, content=f"csrf_token={token}&x=".encode() + b"y" * 100_000, headers=head).status == 413


def tokens() -> dict[str, str]:
    css = (Path(ROOT) / "static/css/tokens.css").read_text(encoding="utf-8")
    light, _media, dark = css.partition("@media (prefers-color-scheme: dark)")
    shade = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})\b")
    return dict(shade.findall(light)) | {f"dark {name}": value for name, value in shade.findall(dark)}


def test_the_colours_that_are_reckoned_with_are_those_of_the_stylesheet() -> None:
    css = tokens()
    assert (css["card"], css["on-accent"]) == ("#fff", "#fff")
    assert (css["ink"], css["dark card"], css["accent"]) == (colours.INK, colours.DARK_CARD, colours.PORTAL_ACCENT)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_every_colour_that_is_taken_can_be_read_in_both_themes(channels: tuple[int, int, int]) -> None:
    colour = "#" + "".join(f"{channel:02x}" for channel in channels)
    if not colours.fits(colour):
        assert colours.shown_contrast(colour) < colours.ENOUGH
        return
    accent = colours.accent(colour)
    assert accent.light.accent == colour
    assert colours.contrast(colour, colours.CARD) >= 4.5
    assert colours.contrast(accent.dark.accent, colours.DARK_CARD) >= 7
    for shades in (accent.light, accent.dark):
        assert min(colours.contrast(shades.on, shades.accent), colours.contrast(shades.on, shades.over)) >= 4.5
    assert colours.contrast(accent.light.tint, colours.INK) >= 4.5
    assert colours.contrast(accent.dark.tint, tokens()["dark ink"]) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert not colours.fits("#777777")
    assert colours.fits("#767676")


def sheets(text: str) -> Iterator[set[str]]:
    for block in re.findall(r":root\{([^}]*)\}", text):
        yield {declaration.partition(":")[0] for declaration in block.split(";")}


def test_the_stylesheet_sets_the_accent_in_both_themes_and_nothing_else(app: Flask, boss: Visitor, visitor: Visitor) -> None:
    creates(boss, colour="#14613a")
    text = visitor.sends("GET", f"/applications/{client_id(app)}/accent.css").text
    assert list(sheets(text)) == [{"--accent", "--accent-over", "--on-accent", "--accent-tint"}] * 2
    assert text.count("@media (prefers-color-scheme:dark)") == 1
    assert len(text) < 300


def node_of(visitor: Visitor, name: str) -> Node:
    found = visitor.page.by_id(name)
    assert found is not None
    return found


def test_the_form_offers_the_colour_that_the_application_has(app: Flask, boss: Visitor) -> None:
    assert node_of(boss, "colour").get("value") == colours.PORTAL_ACCENT
    creates(boss, colour="#14613A")
    assert node_of(boss, "colour").get("value") == "#14613a"
    boss.fills(colour=colours.PORTAL_ACCENT).submits("Save changes")
    assert [row.colour for row in rows(app, "SELECT colour FROM application")] == [None]
