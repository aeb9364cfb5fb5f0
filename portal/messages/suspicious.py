"""What in the words of a message looks like an address, or cannot be seen? PURE: both serve those who fish for passwords."""

from __future__ import annotations

import re
import unicodedata

_HARD_DOT = r"[.\u0701\u0702\ua60e\ua4f8\u2e3c\u06d4]"
"""The full stop of addresses, and letters that are taken for it."""
_SOFT_DOT = r"[\u3002\u00b7\u2022\u2219\u22c5\u2027\u30fb\u0660\u06f0]"
"""The full stop of Chinese, which browsers take for the other one (UTS 46), and points amid a line: words follow them rightly."""
_DOMAINS = "中国|中國|公司|网络|網絡|网址|商城|网店|商标|集团|在线|中文网|香港|台湾|台灣|移动|我爱你|手机|游戏|新闻"
_SCHEMES = r"https?|hxxps?|ftp|tel|sms|smsto|mms|mailto|intent|javascript|data|geo|market|file|itms-\w+|whatsapp|weixin|alipays?"
_ALONE, _SO_FAR = r"(?<![a-z0-9])", r"(?![a-z0-9])"
"""No `\\b`: a Chinese letter before an address is no part of it, and a letter to Python."""
_LINK = re.compile(rf"""
    [^\s@]* @ [^\s@]*                                              # an email, or a line that binds a code to a host
  | {_ALONE} (?:{_SCHEMES}) : \S+                                  # tel:, mailto:
  | [^\s/]* (?: // | \\\\ ) \S*                                    # ://, or another machine's folder
  | {_ALONE} (?: https? | www ) {_SO_FAR} \S*
  | {_ALONE} xn-- \S*                                              # a name in other letters, as machines write it
  | \S* (?<!{_HARD_DOT}) {_HARD_DOT} [^\W\d_] [\w\-\u0300-\u1fff]+ \S*   # name.com, .com, имя.рф, with marks on letters
  | [^\s\W]+ {_SOFT_DOT} (?: [a-z][a-z0-9\-]+ | (?:{_DOMAINS}) (?!\w) )   # name。com
  | (?<!\d) \d{{1,3}} (?: {_HARD_DOT} \d{{1,3}} ){{3}} (?!\d)     # 192.0.2.1
""", re.VERBOSE | re.IGNORECASE)
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
"""What draws nothing although its category is that of a letter or a mark (Unicode's Default_Ignorable_Code_Point)."""
_NUMBER = re.compile(r"\d(?:[\s\-.,/_:()]{0,2}\d){3,}")


def link(text: str) -> str | None:
    """The first thing in `text` that is an address, or that some phone makes one of; None if there is none.

    Letters are taken for what they look like first (NFKC): full-width ones, circled ones, `．` and `․`; what draws nothing
    hides nothing.
    """
    found = _LINK.search("".join(one for one in unicodedata.normalize("NFKC", text) if not _draws_nothing(one)))
    return found[0] if found else None


def unseen(text: str) -> str | None:
    """The first character that cannot be seen, as `U+202E`: control and direction marks, zero-width ones, unassigned ones."""
    found = next((one for one in text if _draws_nothing(one)), None)
    return f"U+{ord(found):04X}" if found else None


def number(text: str) -> str | None:
    """The first number of four digits or more, in any digits and however they are set apart: it would be taken for a code."""
    found = _NUMBER.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


def _draws_nothing(one: str) -> bool:
    return unicodedata.category(one).startswith("C") or bool(_UNSEEN.match(one))
