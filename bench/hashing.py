"""Which password hashes are compared, and how much processor time does one of them take?"""

import time
from dataclasses import dataclass

from nacl.pwhash import argon2id

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Hash:
    """Parameters of argon2id: memory in KiB, passes over it."""

    name: str
    memory_kib: int
    passes: int

    def settings(self) -> dict[str, str]:
        """Return the portal's settings for it; another hash would be upgraded at every sign-in."""
        return {"PORTAL_HASH_MEMORY_KIB": str(self.memory_kib), "PORTAL_HASH_PASSES": str(self.passes)}

    def stored(self) -> str:
        """Return a hash of the password that all users of the bench share."""
        hashed = argon2id.str(PASSWORD.encode(), opslimit=self.passes, memlimit=self.memory_kib * 1024)
        return hashed.decode()

    def cost(self, repeats: int) -> float:
        """Return the processor seconds of one verification, the mean of `repeats`, on this thread."""
        stored = self.stored().encode()
        begin = time.thread_time()
        for _ in range(repeats):
            argon2id.verify(stored, PASSWORD.encode())
        return (time.thread_time() - begin) / repeats


CHEAP = Hash("cheap hash", memory_kib=8_192, passes=1)
SHIPPED = Hash("default hash", memory_kib=65_536, passes=3)
