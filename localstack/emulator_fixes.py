"""Bring about by API what an emulator reads in a template and leaves undone; for every deployment and start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack import emulator
from localstack.deployed import Deployed
from localstack.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

MAPPING_SETTINGS = (
    "EventSourceArn",
    "FunctionName",
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "FilterCriteria",
    "StartingPosition",
)


def apply_fixes(settings: Settings, deployed: Deployed) -> None:
    """Routes and times to live, where they are missing; ministack's stream mappings. Does nothing twice."""
    session, url = emulator.session(), settings.emulator_url
    add_routes(session.client("apigatewayv2", endpoint_url=url), deployed)
    _times_to_live(session.client("dynamodb", endpoint_url=url), deployed)
    if settings.aws == "ministack":
        _stream_mappings(session.client("lambda", endpoint_url=url))


def add_routes(client: ApiGatewayV2Client, deployed: Deployed) -> None:
    """SAM writes routes into an OpenAPI body, which ministack does not read; those that stand already are left."""
    api = deployed.api_id
    wanted = {key: _function_arn(name) for key, name in deployed.routes().items()}
    targets = {
        f"integrations/{made['IntegrationId']}": _invoked(made["IntegrationUri"])
        for made in client.get_integrations(ApiId=api, MaxResults="500")["Items"]
    }
    standing = {}
    for route in client.get_routes(ApiId=api, MaxResults="500")["Items"]:
        if wanted.get(route["RouteKey"]) == targets.get(route.get("Target", "")):
            standing[route["RouteKey"]] = route["RouteId"]
        else:
            client.delete_route(ApiId=api, RouteId=route["RouteId"])
    by_uri = {uri: target for target, uri in targets.items()}
    for key, arn in wanted.items():
        if arn not in by_uri:
            made = client.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
            )
            by_uri[arn] = f"integrations/{made['IntegrationId']}"
        if key not in standing:
            client.create_route(ApiId=api, RouteKey=key, Target=by_uri[arn])


def _function_arn(name: str) -> str:
    return f"arn:aws:lambda:{emulator.REGION}:{emulator.ACCOUNT}:function:{name}"


def _invoked(uri: str) -> str:
    """The function's ARN, which the body of an API wraps: arn:aws:apigateway:...:lambda:path/.../ARN/invocations."""
    return uri.partition("/functions/")[2].removesuffix("/invocations") or uri


def _times_to_live(client: DynamoDBClient, deployed: Deployed) -> None:
    for table, attribute in deployed.expiring_tables().items():
        standing = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if standing.get("TimeToLiveStatus") != "ENABLED":
            client.update_time_to_live(
                TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
            )


def _stream_mappings(client: LambdaClient) -> None:
    """Make each stream mapping anew: a restarted emulator remembers how far one had read but not the records, and would
    skip as many new ones. Whatever the lost records announced is found by the Outbox sweep."""
    pages = client.get_paginator("list_event_source_mappings").paginate()
    standing: list[Any] = [made for page in pages for made in page["EventSourceMappings"]]
    wanted = {}
    for mapping in standing:
        if ":dynamodb:" in mapping.get("EventSourceArn", ""):
            mapping["FunctionName"] = mapping["FunctionArn"]
            settings = {name: mapping[name] for name in MAPPING_SETTINGS if name in mapping}
            wanted[mapping["EventSourceArn"], mapping["FunctionArn"]] = settings
            client.delete_event_source_mapping(UUID=mapping["UUID"])
    for settings in wanted.values():
        client.create_event_source_mapping(**settings)
