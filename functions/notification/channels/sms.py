"""SMS, by Twilio's REST API."""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import urllib3

from lms.profile_fields import is_e164
from lms.settings import setting
from notification.channels import ChannelDown, Outgoing, Undeliverable
from notification.words import words

_TIMEOUT = urllib3.Timeout(connect=5, read=10)


@dataclass(frozen=True)
class SmsAccount:
    """Who sends SMS. Without an account id there is no SMS."""

    url: str
    sid: str
    token: str
    sender: str

    @classmethod
    def from_environment(cls) -> "SmsAccount":
        """Reads `TWILIO_*`."""
        return cls(
            url=setting("TWILIO_URL"),
            sid=os.environ.get("TWILIO_ACCOUNT_SID", ""),
            token=os.environ.get("TWILIO_AUTH_TOKEN", ""),
            sender=os.environ.get("TWILIO_FROM", ""),
        )


@lru_cache(maxsize=1)
def _http() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=_TIMEOUT, retries=False)


@lru_cache(maxsize=1)
def sms_account() -> SmsAccount:
    """The worker's account."""
    return SmsAccount.from_environment()


async def send(outgoing: Outgoing, _: datetime) -> None:
    """Returns once Twilio has taken the message; raises `Undeliverable` or `ChannelDown`."""
    text = words(outgoing.frame.language).sms(outgoing.message, outgoing.frame)
    await asyncio.to_thread(_post, text, outgoing.address, sms_account())


def _post(text: str, number: str, account: SmsAccount) -> None:
    if not account.sid:
        raise Undeliverable("no SMS account")
    if not is_e164(number):
        raise Undeliverable("no E.164 number")
    try:
        answer = _http().request(
            "POST",
            f"{account.url}/2010-04-01/Accounts/{account.sid}/Messages.json",
            fields={"To": number, "From": account.sender, "Body": text},
            encode_multipart=False,
            headers=urllib3.make_headers(basic_auth=f"{account.sid}:{account.token}"),
        )
    except urllib3.exceptions.HTTPError as error:
        raise ChannelDown(f"Twilio: {type(error).__name__}") from None
    if answer.status == 400:
        raise Undeliverable(f"Twilio 400: {_code(answer.data)}")
    # 401 and 404 are the account's fault, not the message's, and an operator may mend it.
    if answer.status >= 300:
        raise ChannelDown(f"Twilio {answer.status}")


def _code(body: bytes) -> str:
    """Twilio's error number; its text repeats the phone number."""
    try:
        return f"error {int(json.loads(body)['code'])}"
    except (ValueError, KeyError, TypeError):
        return "no error number"
