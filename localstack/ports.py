"""Refuse to start where somebody else listens."""

from __future__ import annotations

import socket

from localstack.processes import PORTS
from localstack.settings import HOST, Settings


class PortTaken(RuntimeError):
    """Another process listens on a port of the stack; the message says how to move."""


def refuse_taken(settings: Settings) -> None:
    """Raises PortTaken for the first port that cannot be listened on."""
    for process, names in PORTS.items():
        for name in names:
            port = settings.ports[name]
            if _taken(settings.host if name == "gateway" else HOST, port):
                raise PortTaken(
                    f"Port {port} is taken, and {process} needs it. Stop what listens there, move this port"
                    f" (LMS_{name.upper()}_PORT=...), or shift all of them: make up LMS_PORT_OFFSET=100"
                )


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # As the processes do: connections of a stack that has just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return True
    return False
