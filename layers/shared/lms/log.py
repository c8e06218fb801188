"""One structured line an invocation, by Powertools; ids only, never bodies, tokens, codes or addresses."""

from contextvars import ContextVar
from logging import LogRecord
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The `X-Request-ID` of what is being worked on; it is in every log line and travels in every event."""


def _tag(record: LogRecord) -> bool:
    record.__dict__.setdefault("request_id", request_id.get() or None)
    return True


class _Formatter(LambdaPowertoolsFormatter):
    """Leaves out of a trace what validation errors (pydantic's, FastAPI's) quote of the data they were given."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        text = super().formatException(ei)
        error: BaseException | None = ei[1]
        while error is not None:
            if callable(errors := getattr(error, "errors", None)):
                text = text.replace(str(error), str([(fault["loc"], fault["type"]) for fault in errors()]))
            error = error.__cause__ or error.__context__
        return text


# The trace is logged once, as text; Powertools would add it a second time in pieces.
logger = Logger(logger_formatter=_Formatter(serialize_stacktrace=False))
logger.addFilter(_tag)
