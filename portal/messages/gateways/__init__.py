"""Which gateways are there, and what may be expected of them?"""

from portal.messages.gateways.choice import carrier, choose
from portal.messages.gateways.contract import Fault, Gateway, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown

__all__ = ["Fault", "Gateway", "OurFault", "Outgoing", "Receipt", "Refused", "RetryLater", "Unknown", "carrier", "choose"]
