"""The cookie that keeps a browser signed in. No script can read it, and no other site can have it sent."""

from typing import Annotated

from fastapi import Cookie, Depends, Header, Response

from auth.schemas import AccessToken, TokenPair
from lms.errors import Forbidden, refuses

_NAME = "refresh_token"
_PATH = "/auth/session"


class NotFromScript(Forbidden):
    code = "no-requested-with"
    detail = "Send the header X-Requested-With, with any value."


@refuses(NotFromScript)
def _require_script(
    x_requested_with: Annotated[
        str | None,
        Header(description="Any value. A form of another site cannot send it; a page's own script can. Without: 403."),
    ] = None,
) -> None:
    # `SameSite` alone is not enough: pages on other ports and subdomains of the same site have the cookie sent.
    if not x_requested_with:
        raise NotFromScript


FromScript = Depends(_require_script)
RefreshCookie = Annotated[str | None, Cookie(alias=_NAME, description="Set by `POST /auth/session`.")]


def set_cookie(response: Response, pair: TokenPair) -> AccessToken:
    """Moves the refresh token of a pair into the cookie; what is left is the answer's body."""
    # Browsers take `Secure` from http://127.0.0.1 and http://localhost too, which nobody can listen in on.
    response.set_cookie(
        _NAME,
        pair.refresh_token,
        max_age=pair.refresh_expires_in,
        path=_PATH,
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return AccessToken(access_token=pair.access_token, expires_in=pair.expires_in)


def delete_cookie(response: Response) -> None:
    response.delete_cookie(_NAME, path=_PATH, secure=True, httponly=True, samesite="strict")
