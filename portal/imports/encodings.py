"""In which encoding is a file written? Said where it is certain; where several fit, people are asked. PURE."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

UTF8, UTF16, UTF16_LE, UTF16_BE, WINDOWS, CHINESE = "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "gb18030"
OFFERED = (UTF8, UTF16, WINDOWS, CHINESE)
"""What people can choose from."""
_PIECE = 256 * 1024
_SAMPLE = 4096
_MARKS = ((codecs.BOM_UTF32_LE, None), (codecs.BOM_UTF32_BE, None), (codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16),
          (codecs.BOM_UTF16_BE, UTF16))
_MOSTLY = 0.4


def certain(file: BinaryIO) -> str | None:
    """The encoding that the file can only be in: by its byte order mark, by its NULs, or because all of it is UTF-8."""
    file.seek(0)
    head = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if encoding and fits(file, encoding) else None
    if wide := _without_mark(head):
        return wide if fits(file, wide) else None
    return UTF8 if fits(file, UTF8) else None


def fits(file: BinaryIO, encoding: str) -> bool:
    """Whether all of the file can be read in that encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def possible(file: BinaryIO) -> list[str]:
    """Those of the offered encodings that the whole file can be read in."""
    return [encoding for encoding in OFFERED if fits(file, encoding)]


def text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text from its beginning, line ends as they are."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")


def sample(file: BinaryIO, encoding: str, length: int = 200) -> str:
    """How the file begins when it is read in that encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(file.read(_SAMPLE))[:length]


def _without_mark(head: bytes) -> str | None:
    """UTF-16 of mostly Latin letters has a NUL in every other place; no other text has."""
    half = max(len(head) // 2, 1)
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if odd > _MOSTLY and even < _MOSTLY / 4:
        return UTF16_LE
    return UTF16_BE if even > _MOSTLY and odd < _MOSTLY / 4 else None


def is_text(file: BinaryIO) -> bool:
    """Whether a file of no certain encoding can be text at all: a spreadsheet or a picture has NULs."""
    file.seek(0)
    return b"\0" not in file.read(_SAMPLE)
