"""How often did something happen lately? Counters that all processes share, and that never fail open."""

from portal.counters.ask import Ask, CountersGone, Hit
from portal.counters.counting import clear, give_back, init_app, take, tidy
from portal.counters.kept import Kept
from portal.counters.pace import slot
from portal.counters.storage import SharedStorage

__all__ = ["Ask", "CountersGone", "Hit", "Kept", "SharedStorage", "clear", "give_back", "init_app", "slot", "take", "tidy"]
