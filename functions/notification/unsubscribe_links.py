"""The link in a mail that ends mails of its kind: whose it is and which, encrypted and authenticated."""

from contextlib import suppress
from functools import lru_cache
from uuid import UUID

from lms.encryption import Undecryptable, decrypt, encrypt, from_text, key_of, to_text
from lms.errors import InvalidField
from lms.settings import secret
from notification.rules.preferences import GROUPS, Group

_UUID_BYTES = 16


class BrokenLink(InvalidField):
    part = "query"
    field = ("token",)
    code = "token"
    detail = "This link is not complete. Open the link in the e-mail again."


@lru_cache(maxsize=1)
def _keys() -> list[bytes]:
    # While the key is changed there are two, the new one first; links in older mails are of the old one.
    return [key_of(key) for key in secret("UNSUBSCRIBE_KEY").split()]


def make_token(user_id: UUID, group: Group) -> str:
    """The token of a link; short, because a header of a mail has to hold it in one line."""
    return to_text(encrypt(_keys()[0], user_id.bytes + group.encode()))


def read_token(token: str) -> tuple[UUID, Group]:
    """The person and the group of mails that a token ends; raises `BrokenLink` for what `make_token` did not make."""
    try:
        plain = _decrypted(from_text(token))
    except Undecryptable as error:
        raise BrokenLink from error
    group = plain[_UUID_BYTES:].decode()
    assert group in GROUPS
    return UUID(bytes=plain[:_UUID_BYTES]), group


def _decrypted(encrypted: bytes) -> bytes:
    *newer, oldest = _keys()
    for key in newer:
        with suppress(Undecryptable):
            return decrypt(key, encrypted)
    return decrypt(oldest, encrypted)
