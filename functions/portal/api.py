"""The routes of portal, which need no token."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Response

from lms.clock import now
from lms.http import LambdaHandler, create_app
from lms.security import Public
from portal import files, front_page
from portal.health import checkup
from portal.schemas import Health

app = create_app("portal")

# Not `lms.dependencies.Now`, which would bring the Roster's table.
Now = Annotated[datetime, Depends(now)]
Encodings = Annotated[str, Header(alias="accept-encoding", include_in_schema=False)]


@app.get("/docs", dependencies=[Public], include_in_schema=False)
def front(at: Now) -> Response:
    """The page for developers: what runs here, its health, and where everything else is."""
    return files.page(front_page.html(checkup.at(at)))


@app.get("/health", dependencies=[Public], responses={503: {"model": Health}})
def get_health(response: Response, at: Now) -> Health:
    """Whether requests can be served (if not: 503), and whether events are published in time."""
    found = checkup.at(at)
    response.status_code = 503 if found.status == "down" else 200
    return found


@app.get("/openapi.json", dependencies=[Public])
def get_description(encodings: Encodings = "") -> Response:
    """This description of the whole API (OpenAPI 3.1)."""
    return files.document("openapi.json", encodings)


@app.get("/docs/api", dependencies=[Public], include_in_schema=False)
def docs(encodings: Encodings = "") -> Response:
    """The description as a page that can call the endpoints."""
    return files.document("docs.html", encodings)


@app.get("/docs/events", dependencies=[Public], include_in_schema=False)
def events(encodings: Encodings = "") -> Response:
    """The catalogue of events as a page."""
    return files.document("events.html", encodings)


@app.get("/docs/files/{name}", dependencies=[Public], include_in_schema=False)
def part(name: str, encodings: Encodings = "") -> Response:
    """A style sheet or script of the pages."""
    return files.part(name, encodings)


handler = LambdaHandler(app)
