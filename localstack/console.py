"""python -m localstack.console: the console as the working tree has it, in front of the running stack.

A change of a file is there when the page is loaded again; everything else is the stack's.
"""

from __future__ import annotations

import os
import sys

import httpx
import uvicorn
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from localstack.settings import HOST, Settings
from operations.source import ROOT

_PORTS_ABOVE_THE_GATEWAY = 80


def main() -> None:
    settings = Settings.from_environment(os.environ)
    port = settings.gateway + _PORTS_ABOVE_THE_GATEWAY
    print(f"The console of this working tree: http://{HOST}:{port}")
    uvicorn.run(application(settings), host=HOST, port=port, log_level="warning", access_log=False, lifespan="off")


def application(settings: Settings) -> ASGIApp:
    """The console's own application for its paths, the stack's gateway for all others."""
    sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "layers" / "shared")]
    os.environ.update(
        AWS_ENDPOINT_URL=settings.emulator_url,
        DEMO_PASSWORD=settings.demo_password,
        MAIL_PAGE_URL=settings.mail_url,
        # The gateway alone needs it, which this stands before.
        GATEWAY_SECRET="x" * 32,
        AWS_REGION="none",
        PUBLIC_KEYS_TABLE="none",
        IDEMPOTENCY_TABLE="none",
    )
    from console import files, shell
    from console.api import app

    ours = [route.path_regex for route in app.routes if isinstance(route, APIRoute)]
    gateway = httpx.AsyncClient(base_url=settings.gateway_url, timeout=60, trust_env=False)

    async def of_the_stack(request: Request) -> Response:
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        answer = await gateway.request(request.method, path, headers=headers, content=await request.body())
        passed = Response(answer.content, answer.status_code)
        passed.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower() not in (b"content-encoding", b"content-length", b"connection", b"transfer-encoding")
        ]
        passed.raw_headers.append((b"content-length", str(len(answer.content)).encode()))
        return passed

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if any(path.match(scope["path"]) for path in ours):
            for kept in (files.names, files.version, shell.made):
                kept.cache_clear()
            await app(scope, receive, send)
        else:
            answer = await of_the_stack(Request(scope, receive))
            await answer(scope, receive, send)

    return serve


if __name__ == "__main__":
    main()
