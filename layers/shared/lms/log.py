"""One structured line an invocation, by Powertools; ids only, never bodies, tokens, codes or addresses."""

from contextvars import ContextVar

from aws_lambda_powertools import Logger

logger = Logger()
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The `X-Request-ID` of what is being worked on; it travels in every event."""
