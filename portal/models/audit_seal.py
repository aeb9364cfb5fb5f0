"""What makes tampering with the audit log visible: seals over batches of its rows, each resting on the one before."""

from __future__ import annotations

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big


class AuditSeal(Base):
    """One sealed batch of audit entries. Its id is its place in the chain.

    `ranges` are the [first, last] ids of the unbroken runs that it covers, for an id may be missing where a transaction was
    given up, or belong to one that is not over; `up_to` is the highest id that it or a seal before it covers. `digest` is the
    SHA-256 over the digest before and the entries; `mark` an HMAC over all the rest, so that nobody can write the chain anew
    who has the database alone. `archived_at`: when its entries were moved to a file.
    """

    __tablename__ = "audit_seal"

    id: Mapped[Id]
    sealed_at: Mapped[Instant]
    entries: Mapped[int]
    ranges: Mapped[list[list[int]]] = mapped_column(JSON)
    up_to: Mapped[int] = mapped_column(big, index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    key_name: Mapped[str] = mapped_column(String(16))
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    archived_at: Mapped[Instant | None]
