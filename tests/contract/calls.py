"""Calls of the API as schemathesis makes them from docs/openapi.json, through the functions' own doors."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation

from lms.security import permission_of
from operations.source import ROOT, applications
from tests.clients import Answer
from tests.contract.world import World

DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    operation["operationId"]: (method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
ROLES = {
    (method, route.path): permission_of(route)
    for app in applications().values()
    for route in app.routes
    if hasattr(route, "dependant")
    for method in route.methods
}


class Caller:
    """Sends generated cases of one operation, as somebody who may call it."""

    def __init__(self, world: World, name: str) -> None:
        method, path = OPERATIONS[name]
        self.operation = DOCUMENT["paths"][path][method.lower()]
        self._door = world.doors[self.operation["tags"][0]]
        roles = ROLES[method, path]
        self._who = next(
            (who for role, who in (("admin", world.admin), ("teacher", world.teacher)) if roles and role in roles),
            world.student,
        )
        self._token = self._who.token if roles is not None else None
        self.parameters = world.parameters(name, path, self._who)
        self._method, self._path = method, path

    def send(self, case: Case) -> Answer:
        headers = {name.lower(): str(value) for name, value in (case.headers or {}).items()}
        headers.pop("authorization", None)
        sent = case.as_transport_kwargs("http://lms")
        raw = b""
        if "json" in sent:
            raw = json.dumps(sent["json"]).encode()
        elif sent.get("data"):
            raw = sent["data"] if isinstance(sent["data"], bytes) else urlencode(sent["data"], doseq=True).encode()
        if raw:
            headers["content-type"] = case.media_type or "application/json"
        path = quote(self._path.format(**self.parameters), safe="/")
        return self._door(self._method, path, token=self._token, query=case.query, headers=headers, raw=raw)

    def post(self, body: Any) -> Answer:
        """Sends a body of one's own."""
        path = self._path.format(**self.parameters)
        return self._door(self._method, path, body, token=self._token)

    def is_wrong(self, case: Case) -> bool:
        """Whether what was made to be wrong is still so once it is text, as queries and headers are."""
        if not isinstance(case.body, NotSet) and case.meta.components[ParameterLocation.BODY].mode.is_negative:
            return True
        declared = {(each["in"], each["name"].lower()): each["schema"] for each in self.operation.get("parameters", ())}
        sent = {("query", name): value for name, value in (case.query or {}).items()}
        sent |= {("header", name.lower()): value for name, value in (case.headers or {}).items()}
        return any(
            (part, name) in declared and not _is_text_of(declared[part, name.lower()], value)
            for (part, name), value in sent.items()
        ) or any(part == "query" and (part, name) not in declared for part, name in sent)

    def cases(self, mode: GenerationMode) -> st.SearchStrategy[Case]:
        return SCHEMA[self._path][self._method].as_strategy(mode, path_parameters=self.parameters)


def _is_text_of(schema: Any, value: Any) -> bool:
    """Whether a value, as text, is one of a parameter: as it stands, or read as JSON."""
    if isinstance(value, list | dict):
        return False
    validator = Draft202012Validator({"components": DOCUMENT["components"], **schema})
    text = str(value)
    try:
        return validator.is_valid(text) or validator.is_valid(json.loads(text))
    except ValueError:
        return False
