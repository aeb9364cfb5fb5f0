"""Which browser on which system does a user agent name? PURE. It is what a browser says of itself, and no proof of anything."""

from __future__ import annotations

from flask_babel import gettext as _

_BROWSERS = (
    # A browser names all those that it wants to be taken for: whoever builds on another comes first.
    ("flask portal", "flask portal"), ("MicroMessenger/", "WeChat"), ("DingTalk/", "DingTalk"), ("Edg", "Edge"),
    ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"), ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"), ("QQBrowser/", "QQ Browser"), ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "Huawei Browser"), ("DuckDuckGo/", "DuckDuckGo"), ("FxiOS/", "Firefox"), ("Firefox", "Firefox"),
    ("CriOS/", "Chrome"), ("HeadlessChrome/", "Headless Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
    ("Trident/", "Internet Explorer"), ("curl/", "curl"), ("Wget/", "Wget"), ("python-", "Python"),
    ("Go-http-client", "Go"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Mac OS X", "macOS"), ("FreeBSD", "FreeBSD"), ("Linux", "Linux"),
)


def device_words(agent: str | None) -> str:
    """Browser and system of a user agent in words, such as “Firefox on Windows”; “Unknown browser” where neither is known."""
    browser, system = _first(_BROWSERS, agent or ""), _first(_SYSTEMS, agent or "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    if system:
        return _("Unknown browser on %(system)s", system=system)
    return browser or _("Unknown browser")


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in marks if mark in agent), "")
