"""Links in bodies: https addresses, as people copy them. The system shows them and never follows them."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from lms.fields import INVISIBLE

# A port is from 1 to 65535. The host may be an IPv6 address too, of which the pattern says nothing.
_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_REST = rf'([/?#]([^{INVISIBLE}\\"<>]| )*)?'
_LINK = rf"^https://[^{INVISIBLE}\\\"<>/?#@:\[\]]+(:{_PORT})?{_REST}$"

_NO_LINK = re.compile(rf'[{INVISIBLE}\\"<>]')


def _https_link(value: str) -> str:
    # Spaces may stand in a path, as people copy them; what else is no URL character could mean something to a page.
    if _NO_LINK.search(value.replace(" ", "")):
        raise ValueError("Quotes, backslashes and control characters in a link must be percent-encoded.")
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or " " in parts.netloc:
        raise ValueError("A link must begin with https:// and a host.")
    if "@" in parts.netloc:
        raise ValueError("A link must not contain a user name.")
    if parts.port == 0:
        raise ValueError("A port must be from 1 to 65535.")
    return value


Link = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2048),
    AfterValidator(_https_link),
    Field(json_schema_extra={"pattern": _LINK}),
]
