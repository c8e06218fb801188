"""python -m localstack.preloaded SOCKET: a process that has imported the layer and is forked for each function.

It runs on the emulator's interpreter, and imports nothing of this package. A request has a script, its folder and its
environment, with three pipes; the answer is a handle (pidfd) of the process that runs it. It ends with the emulator.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import runpy
import signal
import site
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

# What is slow to import and most functions use: all of it from the layer, and none of it reads the environment.
MODULES = (
    # First: what it sets for FastAPI's models and for collecting holds for all that follows.
    "lms.models",
    "aws_lambda_powertools.logging",
    "botocore.auth",
    "botocore.httpsession",
    "botocore.session",
    "cryptography.hazmat.primitives.ciphers.aead",
    "fastapi",
    "jose.jwt",
    "lms.curriculum",
    "lms.dynamo",
    "lms.events.catalogue",
    "lms.fields",
    "lms.routes",
    "mangum",
    "pydantic.networks",
    "pynamodb.models",
    "pynamodb.transactions",
    "python_multipart",
    "zoneinfo",
)
# Those that most functions make a client of.
SERVICES = ("dynamodb", "sqs")
MAX_REQUEST_BYTES = 128 * 1024


def main(descriptor: int) -> None:
    """Serves requests until the other end is closed."""
    # What is never collected is never written to, so it stays shared; nor does it leave gaps for forks to write into.
    gc.disable()
    _import_layer()
    gc.freeze()
    # Nobody waits for them here: who asked for one holds its handle.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    connection = socket.socket(fileno=descriptor)
    while True:
        request, pipes, _, _ = socket.recv_fds(connection, MAX_REQUEST_BYTES, 3)
        if not request:
            return
        child = os.fork()
        if child == 0:
            connection.close()
            _become(json.loads(request), pipes)
        handle = os.pidfd_open(child)
        socket.send_fds(connection, [array.array("q", [child]).tobytes()], [handle])
        for open_here in (*pipes, handle):
            os.close(open_here)


def _import_layer() -> None:
    # As the emulator's own worker script does it.
    for layer in os.environ["_LAMBDA_LAYERS_DIRS"].split(os.pathsep):
        for packages in Path(layer, "python", "lib").glob("*/site-packages"):
            site.addsitedir(str(packages))
    for module in MODULES:
        importlib.import_module(module)
    _read_botocores_data()


def _read_botocores_data() -> None:
    """Reads what clients are described by, so that all functions share it: each would hold 20 MB of its own."""
    loaders: Any = importlib.import_module("botocore.loaders")
    loaders.JSONFileLoader.load_file = staticmethod(cache(loaders.JSONFileLoader().load_file))
    session: Any = importlib.import_module("botocore.session").Session()
    for service in SERVICES:
        session.create_client(service, "us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nothing")


def _become(request: dict[str, Any], pipes: list[int]) -> NoReturn:
    """Turns this process into what `python script` would be."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for index, pipe in enumerate(pipes):
            os.dup2(pipe, index)
            os.close(pipe)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 (as long as the process)
        sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        sys.argv = [request["script"]]
        sys.path[0] = str(Path(request["script"]).parent)
        gc.enable()
        runpy.run_path(request["script"], run_name="__main__")
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # No cleaning up: what there is to clean belongs to the process that was forked.
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
