"""Routes that an emulator did not make of the template."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from localstack.emulator_fixes import add_routes

ARN = "arn:aws:lambda:us-east-1:000000000000:function"


class ApiGateway:
    """The API of one HTTP API; moto's needs packages that nothing else here does."""

    def __init__(self) -> None:
        self._integrations: dict[str, dict[str, Any]] = {}
        self._routes: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count()

    def create_integration(self, **made: Any) -> dict[str, Any]:
        made["IntegrationId"] = str(next(self._numbers))
        self._integrations[made["IntegrationId"]] = made
        return made

    def create_route(self, **made: Any) -> dict[str, Any]:
        made["RouteId"] = str(next(self._numbers))
        assert made["RouteKey"] not in {route["RouteKey"] for route in self._routes.values()}
        self._routes[made["RouteId"]] = made
        return made

    def delete_route(self, **named: str) -> None:
        del self._routes[named["RouteId"]]

    def get_integrations(self, **_: str) -> dict[str, Any]:
        return {"Items": list(self._integrations.values())}

    def get_routes(self, **_: str) -> dict[str, Any]:
        return {"Items": list(self._routes.values())}


@pytest.fixture
def client() -> Any:
    return ApiGateway()


@pytest.fixture
def deployed() -> Any:
    routes = {"ANY /auth": "auth", "ANY /auth/{proxy+}": "auth", "ANY /exams": "exam"}
    return SimpleNamespace(api_id="0a1b2c3d", routes=lambda: routes)


def standing(client: Any, deployed: Any) -> dict[str, tuple[str, str]]:
    """Route key to the route's id and the function that answers."""
    integrations = {
        f"integrations/{made['IntegrationId']}": made["IntegrationUri"]
        for made in client.get_integrations(ApiId=deployed.api_id)["Items"]
    }
    routes = client.get_routes(ApiId=deployed.api_id)["Items"]
    return {route["RouteKey"]: (route["RouteId"], integrations[route["Target"]]) for route in routes}


def test_missing_routes_are_made_with_one_integration_a_function(client: Any, deployed: Any) -> None:
    add_routes(client, deployed)
    assert {key: arn for key, (_, arn) in standing(client, deployed).items()} == {
        "ANY /auth": f"{ARN}:auth",
        "ANY /auth/{proxy+}": f"{ARN}:auth",
        "ANY /exams": f"{ARN}:exam",
    }
    assert len(client.get_integrations(ApiId=deployed.api_id)["Items"]) == 2


def test_what_stands_is_left_however_the_emulator_writes_the_function(client: Any, deployed: Any) -> None:
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}:exam/invocations"
    made = client.create_integration(ApiId=deployed.api_id, IntegrationType="AWS_PROXY", IntegrationUri=uri)
    target = f"integrations/{made['IntegrationId']}"
    client.create_route(ApiId=deployed.api_id, RouteKey="ANY /exams", Target=target)
    before = standing(client, deployed)
    add_routes(client, deployed)
    once = standing(client, deployed)
    assert once.items() >= before.items()
    add_routes(client, deployed)
    assert standing(client, deployed) == once


def test_a_route_that_leads_elsewhere_is_made_anew(client: Any, deployed: Any) -> None:
    add_routes(client, deployed)
    deployed.routes()["ANY /exams"] = "auth"
    add_routes(client, deployed)
    assert standing(client, deployed)["ANY /exams"][1] == f"{ARN}:auth"
