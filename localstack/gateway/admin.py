"""The Admin API, as far as accounts need it: consumers, their JWT credentials and ACL groups."""

import json
import secrets
import string
from collections.abc import Mapping
from urllib.parse import unquote
from uuid import UUID

from localstack.gateway.consumers import Consumer, Consumers, Credential, Group, Taken
from localstack.gateway.exchange import (
    Answer,
    ClientGone,
    Exchange,
    Message,
    Receive,
    Send,
    json_answer,
    own_answer,
    read_headers,
    send_answer,
)

_ALPHANUMERICS = string.ascii_letters + string.digits
_NOT_FOUND = {"message": "Not found"}


class _Refusal(Exception):
    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        super().__init__(status)
        self.answer = json_answer(status, body)


class Admin:
    """Each answered write is on disk, and decides over the next proxied request."""

    def __init__(self, consumers: Consumers) -> None:
        self._consumers = consumers

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = read_headers(scope["headers"])
        exchange = Exchange(scope["method"], scope["raw_path"].decode("ascii"), "", "", headers, headers, receive)
        try:
            answer = await self._answer(exchange)
        except _Refusal as refusal:
            answer = refusal.answer
        except Taken as taken:
            answer = json_answer(
                409, {"name": "unique constraint violation", "code": 5, "message": f"{taken} is taken"}
            )
        except ClientGone:
            return
        await send_answer(answer, send)

    async def _answer(self, exchange: Exchange) -> Answer:
        segments = [unquote(segment) for segment in exchange.path.removesuffix("/").split("/")[1:]]
        match exchange.method, segments:
            case "GET", ["status"]:
                return json_answer(200, {"database": {"reachable": True}})
            case "PUT", ["consumers", consumer_id]:
                return await self._put_consumer(_uuid(consumer_id), exchange)
            case "DELETE", ["consumers", consumer_id]:
                self._consumers.delete(_uuid(consumer_id))
                return own_answer(204, content_type=None)
            case "PUT", ["consumers", consumer_id, "acls", group]:
                return json_answer(200, _group(self._consumers.add_group(self._existing(consumer_id).id, group)))
            case "GET", ["consumers", consumer_id, "acls" | "jwt" as kind]:
                return json_answer(200, {"data": self._list(self._existing(consumer_id), kind), "next": None})
            case "DELETE", ["consumers", consumer_id, "acls", group]:
                if self._consumers.delete_group(self._existing(consumer_id).id, group):
                    return own_answer(204, content_type=None)
            case "POST", ["consumers", consumer_id, "jwt"]:
                return await self._add_credential(self._existing(consumer_id), exchange)
            case "DELETE", ["consumers", consumer_id, "jwt", key]:
                if self._consumers.delete_credential(self._existing(consumer_id).id, key):
                    return own_answer(204, content_type=None)
        raise _Refusal(404, _NOT_FOUND)

    async def _put_consumer(self, consumer_id: str, exchange: Exchange) -> Answer:
        body = await _read(exchange, "username", "custom_id")
        if not (body.get("username") or body.get("custom_id")):
            raise _invalid("at least one of these fields must be non-empty: 'custom_id', 'username'")
        return json_answer(
            200, _consumer(self._consumers.put(consumer_id, body.get("username"), body.get("custom_id")))
        )

    async def _add_credential(self, consumer: Consumer, exchange: Exchange) -> Answer:
        body = await _read(exchange, "key", "algorithm", "rsa_public_key")
        # Kong's default is HS256; a secret shared with whoever signs is nothing for this system.
        if body.get("algorithm") != "ES256":
            raise _invalid("algorithm: expected one of: ES256")
        if not body.get("rsa_public_key"):
            raise _invalid("rsa_public_key: required field missing")
        key = body.get("key") or "".join(secrets.choice(_ALPHANUMERICS) for _ in range(32))
        return json_answer(
            201, _credential(self._consumers.add_credential(consumer.id, key, body["rsa_public_key"] or ""))
        )

    def _list(self, consumer: Consumer, kind: str) -> list[dict[str, object]]:
        if kind == "acls":
            return [_group(each) for each in self._consumers.groups(consumer.id)]
        return [_credential(each) for each in self._consumers.credentials(consumer.id)]

    def _existing(self, consumer_id: str) -> Consumer:
        consumer = self._consumers.get(_uuid(consumer_id))
        if consumer is None:
            raise _Refusal(404, _NOT_FOUND)
        return consumer


async def _read(exchange: Exchange, *fields: str) -> dict[str, str | None]:
    """The fields of a JSON body, all of them texts or null."""
    try:
        body = json.loads(await exchange.body() or b"{}")
    except ValueError as error:
        raise _Refusal(400, {"message": "Cannot parse JSON body"}) from error
    if not isinstance(body, dict):
        raise _Refusal(400, {"message": "Cannot parse JSON body"})
    for name, value in body.items():
        if name not in fields:
            raise _invalid(f"{name}: unknown field")
        if not (value is None or isinstance(value, str)):
            raise _invalid(f"{name}: expected a string")
    return body


def _invalid(message: str) -> _Refusal:
    return _Refusal(400, {"code": 2, "name": "schema violation", "message": f"schema violation ({message})"})


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise _Refusal(404, _NOT_FOUND) from error


def _consumer(consumer: Consumer) -> dict[str, object]:
    return {
        "id": consumer.id,
        "username": consumer.username,
        "custom_id": consumer.custom_id,
        "tags": None,
        "created_at": consumer.created_at,
        "updated_at": consumer.updated_at,
    }


def _credential(credential: Credential) -> dict[str, object]:
    return {
        "id": credential.id,
        "consumer": {"id": credential.consumer_id},
        "key": credential.key,
        "algorithm": "ES256",
        "rsa_public_key": credential.rsa_public_key,
        "tags": None,
        "created_at": credential.created_at,
    }


def _group(group: Group) -> dict[str, object]:
    return {
        "id": group.id,
        "consumer": {"id": group.consumer_id},
        "group": group.name,
        "tags": None,
        "created_at": group.created_at,
    }
