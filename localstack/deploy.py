"""Put template.yaml into the emulator as `sam build` and `sam deploy` would, without Docker or network."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]  # ships no types

from localstack import emulator
from localstack.build import SOURCE_PROPERTY, Artifact, build, digest
from localstack.deployed import STACK
from localstack.environment import Environment, parameters
from localstack.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

BUCKET = "lms-artifacts"
TEMPLATE_KEY = "template.json"
DIGEST_TAG = "lms:digest"
DEPLOY_SECONDS = 300


class DeployFailed(RuntimeError):
    """CloudFormation refused or undid the change; the message names the resources and their reasons."""


def deploy(settings: Settings, template_file: Path, environment: Environment) -> bool:
    """Build what `template_file` names and bring the stack to it; False when it stands already.

    Raises BuildFailed or DeployFailed.
    """
    template = yaml_parse(template_file.read_text())
    artifacts = [
        environment.layer(artifact) if _is_layer(template, artifact) else artifact
        for artifact in build(template, template_file.parent, emulator.VENV.parent / "artifacts", environment.target)
    ]
    session = emulator.session()
    s3 = session.client("s3", endpoint_url=settings.emulator_url)
    _upload(s3, artifacts)
    packaged = json.dumps(_with_artifacts(template, artifacts), sort_keys=True)
    # CloudFormation takes no more than 51 200 bytes in the request itself.
    s3.put_object(Bucket=BUCKET, Key=TEMPLATE_KEY, Body=packaged.encode())
    wanted = dict(sorted(parameters(settings, environment.neighbours).items()))
    return _bring_to(session.client("cloudformation", endpoint_url=settings.emulator_url), packaged, wanted)


def _is_layer(template: dict[str, Any], artifact: Artifact) -> bool:
    return bool(template["Resources"][artifact.logical_id]["Type"] == "AWS::Serverless::LayerVersion")


def _upload(s3: S3Client, artifacts: list[Artifact]) -> None:
    s3.create_bucket(Bucket=BUCKET)
    for artifact in artifacts:
        try:
            s3.head_object(Bucket=BUCKET, Key=artifact.key)
        except ClientError:
            s3.upload_file(str(artifact.path), BUCKET, artifact.key)
        # The emulator deploys a missing object without complaint and answers with a mock.
        s3.head_object(Bucket=BUCKET, Key=artifact.key)


def _with_artifacts(template: dict[str, Any], artifacts: list[Artifact]) -> dict[str, Any]:
    keys = {artifact.logical_id: artifact.key for artifact in artifacts}
    resources = {}
    for logical_id, resource in template["Resources"].items():
        if logical_id in keys:
            source = {SOURCE_PROPERTY[resource["Type"]]: f"s3://{BUCKET}/{keys[logical_id]}"}
            resources[logical_id] = {**resource, "Properties": {**resource["Properties"], **source}}
        else:
            resources[logical_id] = resource
    return {**template, "Resources": resources}


def _bring_to(client: CloudFormationClient, template: str, parameters: dict[str, str]) -> bool:
    wanted = digest([("template", template.encode()), ("parameters", json.dumps(parameters).encode())])
    current = _describe(client)
    if current and current["StackStatus"] == "ROLLBACK_COMPLETE":
        client.delete_stack(StackName=STACK)
        _finished(client)
        current = None
    if current and _tags(current).get(DIGEST_TAG) == wanted and current["StackStatus"].endswith("_COMPLETE"):
        return False
    request: Any = {
        "StackName": STACK,
        "TemplateURL": f"{client.meta.endpoint_url}/{BUCKET}/{TEMPLATE_KEY}",
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": DIGEST_TAG, "Value": wanted}],
    }
    try:
        client.update_stack(**request) if current else client.create_stack(**request)
    except ClientError as error:
        raise DeployFailed(str(error)) from error
    done = _finished(client)
    if done is None or done["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise DeployFailed(_reasons(client))
    return True


def _finished(client: CloudFormationClient) -> Any | None:
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = _describe(client)
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        time.sleep(0.1)
    raise DeployFailed(f"the stack has not finished within {DEPLOY_SECONDS} s")


def _describe(client: CloudFormationClient) -> Any | None:
    try:
        stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _tags(stack: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}


def _reasons(client: CloudFormationClient) -> str:
    events = client.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "\n".join(failed) or "the stack was rolled back without a reason"
