"""What must the operator know at once? Troubles that ring until they are over, told in the log, by mail and by webhook."""

from portal.messages.alarms.noticed import noticed
from portal.messages.alarms.ringing import ANY, end, recovered, ring, ringing, still

__all__ = ["ANY", "end", "noticed", "recovered", "ring", "ringing", "still"]
