"""In which strange ways may a request come? Bodies that no form of ours makes, with the answers they get."""

from __future__ import annotations

from collections.abc import Callable

from tests.transports import Answer
from tests.visitor import FORM, Visitor

JSON, MULTIPART = "application/json", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.txt"\r\n\r\nfile\r\n'
FIELDS = (b"identifier", b"password", b"code", b"phone", b"country", b"username")
BODIES: dict[str, tuple[str, bytes, set[int]]] = {
    "nothing": (FORM, b"", {422}),
    "blanks": (FORM, b"&".join(name + b"=+%09" for name in FIELDS), {422}),
    "NUL": (FORM, b"&".join(name + b"=a%00b" for name in FIELDS), {422}),
    "control characters": (FORM, b"&".join(name + b"=%01%1b%7f%0d%0a" for name in FIELDS), {422}),
    "invalid UTF-8": (FORM, b"&".join(name + b"=%ff%fe%80" for name in FIELDS), {422}),
    "raw invalid UTF-8": (FORM, b"&".join(name + b"=\xff\xfe" for name in FIELDS), {422}),
    "half a surrogate pair": (FORM, b"&".join(name + b"=%ed%a0%80" for name in FIELDS), {422}),
    "right to left": (FORM, b"&".join(name + b"=%e2%80%ae%d8%a7" for name in FIELDS), {422}),
    "markup": (FORM, b"&".join(name + b"=%3Cscript%3Ealert(1)%3C/script%3E" for name in FIELDS), {422}),
    "quotes": (FORM, b"&".join(name + b"=%27%22%3B--%20OR%201=1" for name in FIELDS), {422}),
    "10 kB": (FORM, b"&".join(name + b"=" + b"9" * 10_000 for name in FIELDS), {422}),
    "1 MB": (FORM, b"identifier=" + b"a" * 1_000_000, {413}),
    "every field five times": (FORM, b"&".join(name + b"=x" for name in FIELDS * 5), {422}),
    "5 000 fields": (FORM, b"&".join(b"f%d=1" % at for at in range(5_000)), {422}),
    "500 parts": (MULTIPART, b"".join(PART % (b"f", b"1") for _ in range(500)) + b"--x--\r\n", {413}),
    "parts": (MULTIPART, b"".join(PART % (name, b"?") for name in FIELDS) + b"--x--\r\n", {422}),
    "files": (MULTIPART, b"".join(UPLOAD % name for name in FIELDS) + b"--x--\r\n", {422}),
    "broken parts": (MULTIPART, b"--x\r\nContent-Dispo", {422}),
    "parts without a boundary": ("multipart/form-data", b"--x\r\n", {422}),
    "JSON": (JSON, b'{"identifier": 5, "password": ["a"], "code": {}, "phone": 5, "country": null}', {422}),
    "a JSON list": (JSON, b"[1, 2]", {422}),
    "broken JSON": (JSON, b"{", {422}),
    "deep JSON": (JSON, b"[" * 20_000, {422}),
    "plain text": ("text/plain", b"code=123456", {422}),
    "XML": ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", {422}),
    "no type": ("", b"identifier=x", {422}),
    "a broken type": (";;;", b"identifier=x", {422}),
    "another charset": (f"{FORM}; charset=utf-16", b"identifier=x", {422}),
}
Arrive = Callable[[str], Visitor]


def ours(answer: Answer) -> bool:
    """Whether the answer is a page or a redirect of ours, with our headers."""
    page = answer.status in (303, 308) or "html" in answer.header("content-type")
    return page and answer.status < 500 and "default-src 'none'" in answer.header("content-security-policy")
