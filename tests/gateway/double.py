"""What the recorded cases set up through the whole of Kong's Admin API, done with what this gateway offers.

Services, routes and plugins become a file; consumers by name become consumers by id; secrets that tokens were signed
with become ES256 keys, since a real Kong answers both kinds in the same words. What the gateway does not offer is left
out, and with it every step that would meet it.
"""

from typing import Any

from tests.gateway.running import JWT, RunningGateway, configured, document, person
from tests.gateway.tokens import Keys

ES256_KEYS = {"hs-A": "ec256-A", "hs-B": "ec256-B"}
"""The key that stands for each secret."""


class Double:
    """The set-up of one stage, since the last wipe."""

    def __init__(self, gateway: RunningGateway, keys: Keys, upstream_port: int) -> None:
        self._gateway = gateway
        self._pems = {keys.secrets[secret]: keys.pem[f"{key}.pub"] for secret, key in ES256_KEYS.items()}
        self._upstream_port = upstream_port
        self._people: set[str] = set()
        self._routes: dict[str, dict[str, Any]] = {}

    def wipe(self) -> None:
        for name in self._people:
            self._gateway.admin("DELETE", f"/consumers/{person(name)}")
        self._people.clear()
        self._routes.clear()
        self._apply()

    def offers(self, path: str) -> bool:
        """Whether a request's path meets a route that was set up as the case wants it, or none."""
        return path.split("?", maxsplit=1)[0].split("/")[1] in self._routes or path.startswith("/nothing")

    def unstripped(self, recorded: dict[str, Any], target: str) -> dict[str, Any]:
        """What the upstream saw of a request, had Kong left the path as this gateway's routes always do."""
        prefix = f"/{target[1:].split('/', maxsplit=1)[0].split('?', maxsplit=1)[0]}"
        path, has_query, query = recorded["target"].partition("?")
        bare = prefix + ("" if path == "/" and not target.startswith(f"{prefix}/") else path)
        headers = [header for header in recorded["headers"] if header[0] != "X-Forwarded-Prefix"]
        is_stripped = len(headers) < len(recorded["headers"])
        return {
            **recorded,
            "headers": headers,
            "target": bare + has_query + query if is_stripped else recorded["target"],
        }

    def set_up(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Does what a request to Kong's Admin API asks for; what it made, None where that is not offered."""
        match method, path.split("/")[1:]:
            case "POST", ["services", "echo", "routes"]:
                return self._add_route(body)
            case "POST", ["routes", name, "plugins"]:
                return self._add_plugin(name, body)
            case "POST", ["consumers"]:
                return self._put_consumer(body)
            case _, ["consumers", name, *rest]:
                return self._change_consumer(method, name, rest, body)
        return None

    def _add_route(self, body: dict[str, Any]) -> dict[str, Any] | None:
        (path, *more), known = body["paths"], {"name", "paths", "methods", "strip_path"}
        if more or body.keys() - known or path != f"/{path[1:].split('/')[0]}" or path.startswith("~"):
            return None
        route = {"name": body["name"], "paths": [f"~{path}"], "methods": body.get("methods", []), "strip_path": False}
        self._routes[path[1:]] = {**route, "plugins": []}
        self._apply()
        return body

    def _add_plugin(self, route: str, body: dict[str, Any]) -> dict[str, Any] | None:
        config = _config(body["name"], body.get("config", {}))
        if route not in self._routes or config is None:
            self._routes.pop(route, None)
            return None
        self._routes[route]["plugins"] += configured(**{body["name"]: config})
        self._apply()
        return body

    def _apply(self) -> None:
        # Kong's plain paths: the longest first.
        routes = [self._routes[name] for name in sorted(self._routes, key=len, reverse=True)]
        self._gateway.gateway.apply(document(self._upstream_port, *routes))

    def _put_consumer(self, body: dict[str, Any]) -> dict[str, Any]:
        name = body.get("username") or body["custom_id"]
        self._people.add(name)
        answer = self._gateway.admin("PUT", f"/consumers/{person(name)}", body)
        assert answer.status == 200, answer.body
        made: dict[str, Any] = answer.json
        return made

    def _change_consumer(self, method: str, name: str, rest: list[str], body: dict[str, Any]) -> dict[str, Any] | None:
        consumer = f"/consumers/{person(name) if name in self._people else name}"
        match method, rest:
            case "POST", ["acls"]:
                return self._done("PUT", f"{consumer}/acls/{body['group']}".replace(" ", "%20"), None)
            case "PUT", ["acls", group]:
                return self._done("PUT", f"{consumer}/acls/{group}", None)
            case "POST", ["jwt"]:
                pem = self._pems.get(body.get("secret", ""), body.get("rsa_public_key"))
                if body.get("algorithm", "HS256") not in ("HS256", "ES256") or not pem:
                    return None
                credential = {"key": body["key"], "algorithm": "ES256", "rsa_public_key": pem}
                return self._done("POST", f"{consumer}/jwt", credential)
            case "DELETE", ["jwt", _] | []:
                return self._done("DELETE", f"{consumer}/{'/'.join(rest)}".removesuffix("/"), None)
        return None

    def _done(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self._gateway.admin(method, path, body)
        assert answer.status in (200, 201, 204), (path, answer.status, answer.body)
        return answer.json if answer.body else {}


def as_es256(token: dict[str, Any]) -> dict[str, Any]:
    """A token's description, signed with the key that stands for its secret."""
    kind, _, secret = (token.get("sign") or "").partition(":")
    if kind != "secret":
        return token
    header = token["header"]
    if isinstance(header, dict) and header.get("alg") == "HS256":
        header = {**header, "alg": "ES256"}
    return {**token, "header": header, "sign": ES256_KEYS[secret]}


def _config(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """A plugin's options with Kong's defaults spelt out, None where one is not offered."""
    match name:
        case "jwt" if given.get("claims_to_verify") == ["exp"]:
            known = {"claims_to_verify", "maximum_expiration", "run_on_preflight", "uri_param_names"}
            return {**given, **JWT} if given.keys() <= known and not given.get("uri_param_names") else None
        case "acl":
            return given if given.keys() == {"allow"} else None
        case "rate-limiting":
            given = {"limit_by": "consumer", **given}
            offered = given.keys() == {"minute", "limit_by", "policy"} and given["limit_by"] in ("consumer", "ip")
            return given if offered else None
        case "request-size-limiting":
            return given if given.get("size_unit") == "bytes" and "require_content_length" not in given else None
        case "cors":
            return None if given else {"origins": ["*"]}
    return None
