"""What did a text in a language cost lately? Told from the prices in receipts, by looking at a bounded number of messages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, func, select

from portal import clock
from portal.database import reading
from portal.models import Channel, Message, Wording
from portal.models.columns import table

LOOKED_THROUGH, SECONDS = 5_000, 30 * 86_400
_MILLION = Decimal(1_000_000)
_message = table(Message)


@dataclass(frozen=True)
class Price:
    """What a text cost on average, in a currency (ISO 4217), and how many of them said so."""

    amount: Decimal
    currency: str
    texts: int


def lately(language: str) -> tuple[Price, ...]:
    """By currency, the commonest first: of the last messages, of 30 days at most, since words in that language were changed.

    Of an average over texts of different lengths nobody could tell what a segment costs.
    """
    with reading() as connection:
        changed = connection.execute(select(func.max(Wording.changed_at)).where(Wording.language == language)).scalar()
        since = max(clock.now() - SECONDS, changed or 0)
        newest = select(_message.c.price, _message.c.currency, _message.c.locale, _message.c.channel, _message.c.created_at)
        last = newest.order_by(_message.c.id.desc()).limit(LOOKED_THROUGH).subquery()
        chinese = last.c.locale.ilike("zh%")
        wanted = and_(last.c.price.is_not(None), last.c.currency.is_not(None), last.c.created_at > since,
                      last.c.channel == Channel.TEXT, chinese if language == "zh" else ~chinese)
        texts = func.count()
        rows = connection.execute(select(last.c.currency, func.avg(last.c.price).label("average"), texts.label("texts"))
                                  .where(wanted).group_by(last.c.currency).order_by(texts.desc()))
        return tuple(Price(Decimal(str(row.average)) / _MILLION, row.currency, row.texts) for row in rows)
