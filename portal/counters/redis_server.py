"""Where do counters lie with Redis? In one hash for each, which Redis drops when its window has closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.clock import now
from portal.counters.ask import Ask, CountersGone, Hit

PATIENCE = 0.25
"""Seconds to wait for a stopped Redis: a person is waiting behind it, and there is another store to ask."""

LONGEST_WAIT = 3_600_000
"""Milliseconds for which Redis knows which moment was given out last."""

# Instants pass through as the text they came as: Lua would round them to 14 digits.
TAKE = """
local now, hits = ARGV[1], {}
for i, key in ipairs(KEYS) do
  local ends, seconds, amount, renew = unpack(ARGV, 4 * i - 2, 4 * i + 1)
  local seen = redis.call('HMGET', key, 'hits', 'ends')
  local open = seen[2] and tonumber(seen[2]) > tonumber(now)
  local count = (open and tonumber(seen[1]) or 0) + tonumber(amount)
  if amount == '0' then
    ends = open and seen[2] or now
  elseif open and renew == '0' then
    redis.call('HSET', key, 'hits', count)
    ends = seen[2]
  else
    redis.call('HSET', key, 'hits', count, 'ends', ends)
    redis.call('EXPIRE', key, seconds)
  end
  hits[i] = {count, ends}
end
return hits
"""
GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('HGET', key, 'hits') or 0) > 0 then
    redis.call('HINCRBY', key, 'hits', -1)
  end
end
"""
SLOT = """
local next = tonumber(redis.call('GET', KEYS[1]) or 0)
local given = math.max(next, tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.6f', given + ARGV[2]), 'PX', ARGV[3])
return string.format('%.6f', given)
"""
CLEAR = "return redis.call('DEL', unpack(KEYS))"


class RedisServer:
    """Counters in Redis: one round trip, however many are asked for."""

    def __init__(self, url: str) -> None:
        # A repeated command would count twice, and a repeated wait would keep a person waiting twice.
        self._client: Any = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0),
        )
        self._take = self._client.register_script(TAKE)
        self._give_back = self._client.register_script(GIVE_BACK)
        self._clear = self._client.register_script(CLEAR)
        self._slot = self._client.register_script(SLOT)

    def take(self, asks: Sequence[Ask]) -> list[Hit]:
        """All asks in one script."""
        instant = now()
        arguments: list[float] = [instant]
        for ask in asks:
            arguments += (instant + ask.seconds, ask.seconds, ask.amount, int(ask.renew))
        answers = self._run(self._take, [ask.key for ask in asks], arguments)
        return [Hit(int(count), float(ends)) for count, ends in answers]

    def give_back(self, keys: Sequence[str]) -> None:
        """Take one off each counter above 0."""
        self._run(self._give_back, keys)

    def clear(self, keys: Sequence[str]) -> None:
        """Forget these counters."""
        self._run(self._clear, keys)

    def slot(self, key: str, seconds: float) -> float:
        """Give out the next moment of `key`."""
        return float(self._run(self._slot, [key], [now(), seconds, LONGEST_WAIT]))

    def _run(self, script: Any, keys: Sequence[str], arguments: Sequence[float] = ()) -> Any:
        try:
            return script(keys=[f"portal:{key}" for key in keys], args=arguments)
        except (redis.RedisError, OSError) as error:
            raise CountersGone from error
