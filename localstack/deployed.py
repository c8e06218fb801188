"""What CloudFormation made of the template: facts that the emulator takes in but does not act on or hand out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from localstack import emulator
from localstack.settings import Settings

STACK = "lms"
_FUNCTION_IN_URI = re.compile(r"\$\{(\w+)\.Arn\}")
# Wherever it stands: the conditions around it are not resolved, and either side of one names the same group.
_GROUP = re.compile(r'"ConsumerGroupId": "([^"]+)"')


@dataclass(frozen=True)
class KafkaMapping:
    """An event source mapping of a Kafka topic to a function."""

    topic: str
    group: str
    function: str
    batch_size: int
    source_arn: str | None


class Deployed:
    """One reading of the stack as it stands; make another after a deployment."""

    def __init__(self, settings: Settings) -> None:
        self._session, self._url = emulator.session(), settings.emulator_url
        self._client = self._session.client("cloudformation", endpoint_url=self._url)

    @cached_property
    def _resources(self) -> dict[str, Any]:
        body: Any = self._client.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
        template = json.loads(body) if isinstance(body, str) else body
        return {name: made for name, made in template["Resources"].items() if name in self._physical}

    @cached_property
    def _physical(self) -> dict[str, str]:
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=STACK)
        return {
            made["LogicalResourceId"]: made.get("PhysicalResourceId", "")
            for page in pages
            for made in page["StackResourceSummaries"]
        }

    def physical(self, logical_id: str) -> str:
        """The name that a resource was given; KeyError when there is none such."""
        return self._physical[logical_id]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id to properties, for the resources of one type whose condition holds."""
        return {name: made.get("Properties", {}) for name, made in self._resources.items() if made["Type"] == kind}

    @property
    def api_id(self) -> str:
        """The one HTTP API."""
        (logical_id,) = self.of_type("AWS::ApiGatewayV2::Api")
        return self.physical(logical_id)

    def routes(self) -> dict[str, str]:
        """Route key to function name, as the HTTP API's definition says."""
        (definition,) = self.of_type("AWS::ApiGatewayV2::Api").values()
        routes = {}
        for path, methods in definition["Body"]["paths"].items():
            for method, operation in methods.items():
                verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
                found = _FUNCTION_IN_URI.search(uri)
                if found is None:
                    raise ValueError(f"{verb} {path} goes to no function: {uri}")
                routes["$default" if path == "/$default" else f"{verb} {path}"] = self.physical(found[1])
        return routes

    def expiring_tables(self) -> dict[str, str]:
        """Table name to the attribute that holds an item's time to live."""
        return {
            self.physical(name): properties["TimeToLiveSpecification"]["AttributeName"]
            for name, properties in self.of_type("AWS::DynamoDB::Table").items()
            if properties.get("TimeToLiveSpecification", {}).get("Enabled")
        }

    def kafka_mappings(self) -> list[KafkaMapping]:
        """Every mapping that names a topic; the emulator stores them without topic and group, and polls none."""
        client = self._session.client("lambda", endpoint_url=self._url)
        mappings = []
        for logical_id, properties in self.of_type("AWS::Lambda::EventSourceMapping").items():
            if "Topics" in properties:
                stored = client.get_event_source_mapping(UUID=self.physical(logical_id))
                mappings.append(
                    KafkaMapping(
                        topic=properties["Topics"][0],
                        group=_GROUP.findall(json.dumps(properties))[0],
                        function=stored["FunctionArn"].rpartition(":")[2],
                        batch_size=stored["BatchSize"],
                        source_arn=stored.get("EventSourceArn") or None,
                    )
                )
        return mappings
