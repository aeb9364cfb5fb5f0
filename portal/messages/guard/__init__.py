"""May this text be sent? What stands against numbers, and how often messages may go where."""

from portal.messages.guard.numbers import NO_COUNTRY, NumberRefusal, refusal
from portal.messages.guard.rules import Rules

__all__ = ["NO_COUNTRY", "NumberRefusal", "Rules", "refusal"]
