"""Messages about an account and its security: nobody can switch them off."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from notification.messages.message import Line, Message

_PROFILE = "/app/profile"


class Welcome(Message):
    kind = "welcome"
    roll_no: Line | None

    @property
    def path(self) -> str:
        return "/app"


class _WithPasswordLink(Message):
    screen: ClassVar[str]
    link_token: str | None

    @property
    def path(self) -> str | None:
        # After the #: a browser sends it to no server, so the token is in no access log and no Referer.
        return f"{self.screen}#token={self.link_token}" if self.link_token else None


class Invitation(_WithPasswordLink):
    """For somebody whom an administrator registered."""

    screen = "/app/invitation"
    kind = "invitation"
    secrets: ClassVar[tuple[str, ...]] = ("link_token",)
    link_token: str
    expires_at: datetime | None

    @property
    def valid_until(self) -> datetime | None:
        return self.expires_at


class PasswordReset(_WithPasswordLink):
    screen = "/app/reset-password"
    kind = "password_reset"
    secrets: ClassVar[tuple[str, ...]] = ("code", "link_token")
    code: str
    reset_id: UUID
    expires_at: datetime

    @property
    def valid_until(self) -> datetime:
        return self.expires_at


class Verification(Message):
    kind = "verification"
    secrets: ClassVar[tuple[str, ...]] = ("code",)
    code: str
    expires_at: datetime

    @property
    def valid_until(self) -> datetime:
        return self.expires_at


class EmailChanged(Message):
    """Goes to the old address."""

    kind = "email_changed"


class _AboutProfile(Message):
    @property
    def path(self) -> str:
        return _PROFILE


class MobileNumberSet(_AboutProfile):
    kind = "mobile_number_set"


class MobileNumberConfirmed(_AboutProfile):
    kind = "mobile_number_confirmed"


class MobileNumberDropped(_AboutProfile):
    kind = "mobile_number_dropped"


class _AboutPassword(Message):
    @property
    def path(self) -> str:
        return "/app/forgot-password"


class PasswordChanged(_AboutPassword):
    kind = "password_changed"


class PasswordResetBySms(_AboutPassword):
    kind = "password_reset_by_sms"


class AccountDisabled(Message):
    kind = "account_disabled"
