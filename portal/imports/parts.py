"""How is a file kept where every machine can read it? In parts, in the database; read back as one stream."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, insert, select

from portal.database import reading
from portal.models import ImportPart
from portal.models.columns import table

SIZE = 512 * 1024
_part = table(ImportPart)


def keep(connection: Connection, import_id: int, file: BinaryIO) -> None:
    """Write the whole file."""
    file.seek(0)
    number = 0
    while content := file.read(SIZE):
        connection.execute(insert(_part), {"import_id": import_id, "number": number, "content": content})
        number += 1


def opened(import_id: int, size: int) -> BinaryIO:
    """The file of that import, which is `size` bytes long. One part at a time is in memory."""
    return cast(BinaryIO, io.BufferedReader(_Parts(import_id, size), SIZE))


class _Parts(io.RawIOBase):
    def __init__(self, import_id: int, size: int) -> None:
        self.import_id, self.size, self.place = import_id, size, 0
        self.number, self.content = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        content = self._part(self.place // SIZE)[self.place % SIZE:][:len(buffer)]
        buffer[:len(content)] = content
        self.place += len(content)
        return len(content)

    def _part(self, number: int) -> bytes:
        if number != self.number:
            found = select(_part.c.content).where(_part.c.import_id == self.import_id, _part.c.number == number)
            with reading() as connection:
                self.number, self.content = number, connection.execute(found).scalar() or b""
        return self.content
