"""Do templates and stylesheets keep the house rules: nothing inline, raw colours in the tokens only, pages under 60 lines?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 60
FORBIDDEN = {
    r"\sstyle\s*=": "inline style: the content security policy forbids it",
    r"<style\b": "inline style sheet: the content security policy forbids it",
    r"<script(?![^>]*\bsrc=)": "inline script: the content security policy forbids it",
    r"\son[a-z]+\s*=\s*[\"']": "event handler: the content security policy forbids it",
    r"javascript:": "a javascript: address",
    r"\|\s*safe\b": "unescaped text",
    r"autoescape\s+false": "unescaped text",
    r"(?:src|href)\s*=\s*[\"'](?:https?:)?//": "loads or links to a fixed address elsewhere",
}
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch|oklab)a?\(")


def faults() -> Iterator[str]:
    """One sentence for each line that breaks a rule."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from _template(path)
    for path in sorted((ROOT / "static" / "css").glob("*.css")):
        yield from _stylesheet(path)


def _template(path: Path) -> Iterator[str]:
    text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    try:
        Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        yield f"{name}:{error.lineno}: {error.message}"
    for number, line in enumerate(text.splitlines(), 1):
        yield from (f"{name}:{number}: {why}" for what, why in FORBIDDEN.items() if re.search(what, line))
    if "pages" in name.parts and text.count("\n") >= LONGEST:
        yield f"{name}: {text.count(chr(10))} lines; a page has fewer than {LONGEST}"


def _stylesheet(path: Path) -> Iterator[str]:
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for number, line in enumerate(text.splitlines(), 1):
        if path.name != "tokens.css" and RAW_COLOUR.search(line.partition(":")[2]):
            yield f"{path.relative_to(ROOT)}:{number}: a raw colour outside tokens.css"
        if "@import" in line or re.search(r"url\(\s*[\"']?(?:https?:)?//", line):
            yield f"{path.relative_to(ROOT)}:{number}: loads from elsewhere"


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
