"""Signing in by a code that a login page shows and a signed-in phone scans."""

from portal.signin.scanning.answering import Asked, confirm, find, look, refuse
from portal.signin.scanning.showing import LIFETIME, Shown, fresh, prune, still_shown
from portal.signin.scanning.stand import Stand, digest_of
from portal.signin.scanning.using import Used, refused_late, use, watch

__all__ = [
    "LIFETIME", "Asked", "Shown", "Stand", "Used",
    "confirm", "digest_of", "find", "fresh", "look", "prune", "refuse", "refused_late", "still_shown", "use", "watch",
]
