"""LDAP directories: whose identifier and password are these?"""

from portal.sources.ldap.checking import anybody, check, installed, trouble

__all__ = ["anybody", "check", "installed", "trouble"]
