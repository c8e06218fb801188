"""What FastAPI hands to routes beside their permission: time, place, paging, preconditions, `Idempotency-Key`."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import Field

from lms.access import require_teaching
from lms.callers import Caller
from lms.clock import now
from lms.cursors import InvalidCursor, decode_cursor, encode_cursor
from lms.errors import refuses
from lms.etags import InvalidETag, ObjectChanged, ObjectExists, Precondition, etag, precondition
from lms.fields import DIGITS
from lms.idempotency import IdempotencyKeyReused, IdempotentAnswer, StillRunning, begin
from lms.pages import PageRequest, Position
from lms.refusals import NotCourseTeacher
from lms.security import TeacherOrAdmin, current_caller

Now = Annotated[datetime, Depends(now)]
CourseId = Annotated[UUID, Path(alias="courseId")]


def _client_ip(request: Request) -> str:
    # Kong sets this header itself, whatever the client sent; X-Forwarded-For may be the client's own invention.
    return request.headers.get("x-real-ip") or (request.client.host if request.client else "")


ClientIp = Annotated[str, Depends(_client_ip)]


@refuses(InvalidCursor)
def _paging(
    request: Request,
    limit: Annotated[int, Field(ge=1, le=100), DIGITS, Query(description="How many items a page holds at most.")] = 25,
    cursor: Annotated[
        str | None, Query(max_length=4096, description="`next` of the page before; omit it for the first page.")
    ] = None,
) -> PageRequest:
    def scope() -> dict[str, object]:
        # Asked late: by then the route's permission has found who calls.
        caller = getattr(request.state, "caller", None)
        filters = [pair for pair in request.query_params.multi_items() if pair[0] not in ("limit", "cursor")]
        return {"path": request.url.path, "filters": sorted(filters), "caller": caller and caller.id}

    def start() -> Position:
        return Position(*decode_cursor(cursor, scope())) if cursor else Position(0, None)

    return PageRequest(limit, start, lambda after: encode_cursor(after, scope()))


Paging = Annotated[PageRequest, Depends(_paging)]
"""`?limit=1..100` (default 25) and `?cursor=`."""


@refuses(InvalidETag, ObjectChanged, ObjectExists)
def _if_match(
    if_match: Annotated[
        str | None, Header(description='An `ETag` that the object must still have, such as `"3"`; else 412.')
    ] = None,
    if_none_match: Annotated[
        str | None, Header(description="An `ETag` that it must not have; `*`: there must be none yet; else 412.")
    ] = None,
) -> Precondition:
    return precondition(if_match, if_none_match)


IfMatch = Annotated[Precondition, Depends(_if_match)]


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


def _cache_for_a_minute(response: Response) -> None:
    # Whoever cannot wait for a change asks with `Cache-Control: no-cache`.
    response.headers["Cache-Control"] = "public, max-age=60"


CachedForAMinute = Depends(_cache_for_a_minute)
"""For routes whose answer is the same for everybody: browsers and proxies may keep it for a minute."""


@refuses(StillRunning, IdempotencyKeyReused)
async def _idempotent(
    request: Request,
    caller: Annotated[Caller, Depends(current_caller)],
    at: Now,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=128, description="Makes it safe to send this request again for 24 hours."),
    ] = None,
) -> AsyncIterator[IdempotentAnswer]:
    if idempotency_key is None:
        yield IdempotentAnswer(None)
        return
    scope = [request.app.title, str(caller.id), request.method, request.url.path, idempotency_key]
    answer = begin(scope, await request.body(), at)
    try:
        yield answer
    except Exception:
        # Whatever refused the request: its key must not stay taken by a request that left nothing.
        answer.release()
        raise


Idempotent = Annotated[IdempotentAnswer, Depends(_idempotent, scope="function")]


@refuses(NotCourseTeacher)
def _course_teacher(course_id: CourseId, caller: TeacherOrAdmin) -> Caller:
    require_teaching(caller, course_id)
    return caller


CourseTeacher = Annotated[Caller, Depends(_course_teacher)]
"""Lets administrators and the teachers of the course in the path (`courseId`) pass, before the body is looked at."""
