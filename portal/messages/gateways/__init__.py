"""What carries messages, and what may be expected of it?"""

from portal.messages.gateways.contract import Carrier, Fault, NoRoute, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown
from portal.messages.gateways.making import carrier, make, prepare

__all__ = [
    "Carrier", "Fault", "NoRoute", "OurFault", "Outgoing", "Receipt", "Refused", "RetryLater", "Unknown", "carrier", "make",
    "prepare",
]
