"""Can a server listen on this address and port? Exits 1 with a sentence when it cannot."""

from __future__ import annotations

import socket
import sys

HIGHEST = 65_535
TAKEN = "Port {port} on {host} cannot be used ({why}). End what listens there, or choose another: make run PORT=5001"

def fault(host: str, port: str) -> str | None:
    """What keeps a server from listening there, and what to do; None when nothing does."""
    if not port.isdigit() or not 0 < int(port) <= HIGHEST:
        return f"PORT: {port} is no port; give a number from 1 to 65535, for example: make run PORT=5001"
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return f"Port {port} is reserved for root. Choose another: make run PORT=5000"
    except socket.gaierror:
        return f"HOST: this machine has no address {host}. For itself alone: make run HOST=127.0.0.1"
    except OSError as error:
        return TAKEN.format(port=port, host=host, why=error.strerror)
    return None


if said := fault(*sys.argv[1:3]):
    print(said)
    sys.exit(1)
