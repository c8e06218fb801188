"""The configuration of a Kong that people reach from everywhere."""

from typing import Any

import pytest

from operations.kong.declarative import ConfigError
from operations.kong.generate import CONSUMER_CALLS_A_MINUTE, SESSION_CALLS_A_MINUTE, STRANGER_CALLS_A_MINUTE
from operations.kong.production import production

FILLED = {"UPSTREAM_URL": "https://api.example.com", "GATEWAY_SECRET": "s" * 43}


def _limits(document: dict[str, Any]) -> dict[tuple[str, str], int]:
    (service,) = document["services"]
    plugins = [("", plugin) for plugin in document["plugins"]]
    plugins += [(route["name"], plugin) for route in service["routes"] for plugin in route.get("plugins", [])]
    return {
        (name, plugin["config"]["limit_by"]): plugin["config"]["minute"]
        for name, plugin in plugins
        if plugin["name"] == "rate-limiting"
    }


def test_its_limits_are_those_of_people_and_not_of_a_class_behind_one_address() -> None:
    limits = _limits(production(FILLED))
    assert limits.pop(("", "consumer")) == CONSUMER_CALLS_A_MINUTE
    assert limits["auth-login-user", "ip"] == limits["auth-start-session", "ip"] == STRANGER_CALLS_A_MINUTE
    assert limits["auth-refresh-session", "ip"] == SESSION_CALLS_A_MINUTE
    assert set(limits.values()) == {STRANGER_CALLS_A_MINUTE, SESSION_CALLS_A_MINUTE}


def test_a_campus_behind_one_address_gets_a_limit_of_its_own() -> None:
    limits = _limits(production({**FILLED, "ANONYMOUS_PER_MINUTE": "900"}))
    assert limits.pop(("", "consumer")) == CONSUMER_CALLS_A_MINUTE
    assert set(limits.values()) == {900}


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5", "²"])
def test_a_limit_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match="ANONYMOUS_PER_MINUTE"):
        production({**FILLED, "ANONYMOUS_PER_MINUTE": given})


def test_it_leads_to_the_api_with_the_gateways_secret() -> None:
    (service,) = production(FILLED)["services"]
    assert service["url"] == FILLED["UPSTREAM_URL"] + "/"
    assert service["plugins"][0]["config"]["add"]["headers"] == [f"X-Gateway-Secret:{FILLED['GATEWAY_SECRET']}"]


def test_a_secret_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match="GATEWAY_SECRET"):
        production({"UPSTREAM_URL": "https://api.example.com"})
