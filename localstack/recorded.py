"""Recorded events (`events/`), filled with what no file may hold."""

from __future__ import annotations

from typing import Any


def filled(event: dict[str, Any], gateway_secret: str, token: str) -> dict[str, Any]:
    """An HTTP request as the gateway would let it through, for whoever signed in with this token.

    Everything else stays as it is.
    """
    if "http" not in event.get("requestContext", {}):
        return event
    headers = {**event["headers"], "x-gateway-secret": gateway_secret}
    if "authorization" in headers:
        headers["authorization"] = f"Bearer {token}"
    return {**event, "headers": headers}
