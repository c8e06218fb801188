"""What other functions get when they invoke one of auth's (`lms.credentials`)."""

from collections.abc import Callable
from typing import Any, Protocol

from lms.errors import Problem
from lms.log import logger, request_id


class Asked(Protocol):
    """A question of another function, with the id of the request that it works for."""

    action: Any
    request_id: str


def answered(question: Asked, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """`{"status": 200, ...}`, or a refusal with its `status`, `detail`, `code`, `headers` and `errors`."""
    token = request_id.set(question.request_id)
    try:
        answer = {"status": 200, **act()}
    except Problem as problem:
        answer = {
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
            "headers": problem.headers,
            "errors": problem.errors,
        }
    finally:
        request_id.reset(token)
    logger.info(question.action, extra={"status": answer["status"], "request_id": question.request_id})
    return answer
