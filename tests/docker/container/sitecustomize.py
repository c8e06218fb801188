"""What a container's network and mounts would do: names of services lead to their ports, folders to where they are."""

import json
import os
import site
import socket

_PORTS = json.loads(os.environ.get("REHEARSAL_PORTS", "{}"))
_MOUNTS = json.loads(os.environ.get("REHEARSAL_MOUNTS", "{}"))
_SERVICES = {name.partition(":")[0] for name in _PORTS}
_getaddrinfo = socket.getaddrinfo
_addsitedir = site.addsitedir


def getaddrinfo(host, port, *args, **named):
    if host in _SERVICES:
        host, port = "127.0.0.1", _PORTS[f"{host}:{port}"]
    return _getaddrinfo(host, port, *args, **named)


def addsitedir(folder, known=None):
    found = _addsitedir(folder, known)
    for inside, outside in _MOUNTS.items():
        import sys

        sys.path[:] = [path.replace(inside, outside) if path.startswith(inside) else path for path in sys.path]
    return found


socket.getaddrinfo = getaddrinfo
site.addsitedir = addsitedir
