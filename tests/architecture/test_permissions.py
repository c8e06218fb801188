"""Each function may do what it does, on its own resources, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from lms.inline import original
from lms.security import Anonymous, Permission, permission_of
from operations.source import applications
from tests import rights
from tests.architecture.deployed import (
    API_FUNCTIONS,
    FUNCTIONS,
    KAFKA_MAPPINGS,
    handler,
    listed,
    named,
    package,
    statements,
    variables,
)
from tests.template import TEMPLATE, resources

# Actions of EC2 that name no resource: Lambda makes network interfaces in a VPC with the function's role.
WITHOUT_RESOURCE = {
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
}
STORES = set(resources("AWS::DynamoDB::Table")) | set(resources("AWS::SQS::Queue"))
IN_VPC = {"OutboxRelayFunction", "OutboxRelayTopicsFunction", "OutboxSweepFunction"}
every_function = pytest.mark.parametrize("function", FUNCTIONS)


def _actions(function: str, store: str) -> set[str]:
    """What a function may do with a table or queue."""
    return {
        action
        for statement in statements(function)
        if store in named(statement["Resource"])
        for action in listed(statement["Action"])
    }


@every_function
def test_a_role_is_written_by_hand(function: str) -> None:
    policies = FUNCTIONS[function].get("Policies", [])
    assert all(set(policy) == {"Statement"} for policy in policies)
    assert "Role" not in FUNCTIONS[function]
    assert all(statement["Effect"] == "Allow" for statement in statements(function))


@every_function
def test_actions_are_named_one_by_one(function: str) -> None:
    for statement in statements(function):
        assert "NotAction" not in statement
        for action in listed(statement["Action"]):
            assert "*" not in action
            assert "?" not in action


@every_function
def test_resources_are_named_but_for_network_interfaces(function: str) -> None:
    for statement in statements(function):
        assert "NotResource" not in statement
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE
        else:
            assert all(named(resource) for resource in listed(statement["Resource"]))


@every_function
def test_a_function_may_use_only_tables_and_queues_that_its_environment_names(function: str) -> None:
    permitted = set().union(*(named(statement["Resource"]) for statement in statements(function)))
    assert permitted & STORES <= named(list(variables(function).values()))


@every_function
def test_events_are_written_by_services_and_published_by_the_relay(function: str) -> None:
    # Portal asks the index of due events, for the health of the system, and nothing else.
    allowed = {"outbox_relay": {"dynamodb:Query", "dynamodb:UpdateItem"}, "portal": {"dynamodb:Query"}}
    # Of erased users, and of them alone, events are deleted.
    erases = {"dynamodb:Query", "dynamodb:DeleteItem"} if function == "AuthConsumerFunction" else set()
    assert _actions(function, "OutboxTable") <= allowed.get(package(function), {"dynamodb:PutItem"}) | erases


def test_auth_deletes_the_events_of_users_alone() -> None:
    [deletes] = [
        statement
        for statement in statements("AuthConsumerFunction")
        if "dynamodb:DeleteItem" in listed(statement["Action"]) and "OutboxTable" in named(statement["Resource"])
    ]
    assert deletes["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "user#*"}}


@every_function
def test_no_table_is_ever_scanned_or_deleted(function: str) -> None:
    actions = {action for statement in statements(function) for action in listed(statement["Action"])}
    assert not actions & {"dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:PartiQLSelect"}


@every_function
def test_who_writes_the_roster_is_held_to_keys_of_their_own(function: str) -> None:
    for statement in statements(function):
        writes = {action for action in listed(statement["Action"]) if action.endswith(("PutItem", "DeleteItem"))}
        if writes and "RosterTable" in named(statement["Resource"]):
            (keys,) = statement["Condition"]["ForAllValues:StringLike"].values()
            assert keys
            assert all(key.endswith("#*") for key in keys)


@every_function
def test_a_service_reaches_its_own_answers_to_requests_sent_twice_alone(function: str) -> None:
    for statement in statements(function):
        if "IdempotencyTable" in named(statement["Resource"]):
            assert listed(statement["Resource"]) == [{"Fn::GetAtt": "IdempotencyTable.Arn"}]
            assert statement["Condition"] == {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{package(function)}#*"]}
            }


def test_signing_keys_are_opened_by_auth_alone() -> None:
    openers = {
        package(function)
        for function in FUNCTIONS
        for statement in statements(function)
        if "SigningKeySecretName" in named(statement["Resource"])
    }
    assert openers == {"auth"}


def test_the_gateways_admin_api_is_known_to_auth_alone() -> None:
    assert {package(function) for function in FUNCTIONS if "KongAdminUrl" in named(variables(function))} == {"auth"}


def test_payment_may_have_passwords_checked_and_student_changed_too() -> None:
    invoked = {
        function: named(statement["Resource"])
        for function in FUNCTIONS
        for statement in statements(function)
        if "lambda:InvokeFunction" in listed(statement["Action"])
    }
    assert invoked == {"StudentFunction": {"AuthInternalFunction"}, "PaymentFunction": {"AuthCheckFunction"}}
    assert handler("AuthCheckFunction") == "auth.check.handler"
    for function, (target,) in invoked.items():
        assert variables(function)["AUTH_INTERNAL_FUNCTION"] == {"Ref": target}


def test_the_key_that_opens_what_events_hide_is_held_by_who_hides_it_and_who_sends_it_alone() -> None:
    holders = {function for function in FUNCTIONS if "EVENT_KEY" in variables(function)}
    assert {function for function in holders if package(function) != "auth"} == {"NotificationDeliveryFunction"}
    signers = {function for function in FUNCTIONS if "UNSUBSCRIBE_KEY" in variables(function)}
    assert signers == {"NotificationFunction", "NotificationDeliveryFunction"}


def test_only_what_publishes_to_kafka_is_in_the_vpc() -> None:
    assert {name for name, function in FUNCTIONS.items() if "VpcConfig" in function} == IN_VPC
    assert "VpcConfig" not in TEMPLATE["Globals"]["Function"]


@pytest.mark.parametrize("queue", resources("AWS::SQS::Queue"))
def test_a_queue_is_encrypted_and_named_by_its_stack(queue: str) -> None:
    properties = resources("AWS::SQS::Queue")[queue]
    assert properties["SqsManagedSseEnabled"] is True
    assert "QueueName" not in properties


@every_function
def test_a_function_behind_the_api_answers_before_the_api_gives_up(function: str) -> None:
    timeout = FUNCTIONS[function].get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])
    assert timeout < 30 or function not in API_FUNCTIONS


def _consumers() -> set[str]:
    return {mapping["FunctionName"]["Ref"] for mapping in KAFKA_MAPPINGS.values()}


@pytest.mark.parametrize("function", sorted(_consumers()))
def test_a_consumer_may_bury_what_it_cannot_process(function: str) -> None:
    assert "sqs:SendMessage" in _actions(function, "DeadLetterQueue")
    environment: dict[str, Any] = variables(function)
    assert environment["DEAD_LETTER_QUEUE_URL"] == {"Ref": "DeadLetterQueue"}


def test_a_right_that_no_test_used_is_named_until_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "used", set())
    expected = "AuthCheckFunction: GetItem UsersTable *"
    assert expected in rights.unused()
    rights.used.add(("auth.internal", "GetItem", "UsersTable", "*"))
    assert expected in rights.unused()
    rights.used.add(("auth.check", "GetItem", "UsersTable", "*"))
    assert expected not in rights.unused()


@pytest.mark.parametrize("service", applications())
def test_the_permission_that_a_route_declares_is_what_fastapi_asks_for(service: str) -> None:
    for route in applications()[service].routes:
        assert isinstance(route, APIRoute)
        asked = [
            call
            for call in (original(dependant.call) for dependant in _dependants(route.dependant))
            if isinstance(call, Permission | Anonymous)
        ]
        assert [getattr(call, "roles", None) for call in asked] == [permission_of(route)], route.path


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    for dependency in dependant.dependencies:
        yield dependency
        yield from _dependants(dependency)
