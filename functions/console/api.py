"""The routes of console, which need no token: its screens call the API themselves."""

from typing import Annotated

from fastapi import Header, Response

from console import files, shell
from lms.http import LambdaHandler, create_app
from lms.security import Public

app = create_app("console")

Encodings = Annotated[str, Header(alias="accept-encoding", include_in_schema=False)]


@app.get("/", dependencies=[Public], include_in_schema=False)
def front() -> Response:
    """The institute's front page."""
    return shell.page(preloaded=shell.FRONT)


@app.get("/app", dependencies=[Public], include_in_schema=False)
def home() -> Response:
    """The first screen of whoever is signed in."""
    return shell.page()


@app.get("/app/{path:path}", dependencies=[Public], include_in_schema=False)
def screen() -> Response:
    """Any screen: which one, the browser decides by the address."""
    return shell.page()


@app.get("/service-worker.js", dependencies=[Public], include_in_schema=False)
def service_worker() -> Response:
    """What keeps the screens in the browser."""
    return shell.service_worker()


@app.get("/static/{version}/{path:path}", dependencies=[Public], include_in_schema=False)
def file(version: str, path: str, encodings: Encodings = "") -> Response:
    """A module, a style sheet, the words of a language or a font."""
    return files.answer(version, path, encodings)


handler = LambdaHandler(app)
