"""One function in Lambda's own container, by `sam local invoke`, with the variables of the running stack.

SAM hands a container those variables alone that the template names, so a copy of the template names one more: where
AWS is. https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-invoke.html
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]  # ships no types

from localstack import emulator
from localstack.build import SOURCE_PROPERTY, Artifact, build
from localstack.compose import Compose
from localstack.deployed import Deployed
from localstack.settings import Settings
from operations.source import ROOT

FOLDER = ROOT / ".build" / "sam-local"
ENDPOINT = "AWS_ENDPOINT_URL"


def command(settings: Settings, environment: Compose, function: str, event: bytes) -> list[str]:
    """Write what `sam local invoke` reads, and answer the command. KeyError when the stack has no such function."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    Deployed(settings).physical(function)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The stack's secrets are among the variables, and in the event.
    FOLDER.chmod(0o700)
    artifacts = build(template, ROOT, emulator.VENV.parent / "artifacts", Compose.target)
    files = {
        "template.json": local_template(template, artifacts, FOLDER),
        "environment.json": environments(settings, environment),
        "event.json": json.loads(event),
    }
    for name, content in files.items():
        (FOLDER / name).write_text(json.dumps(content, indent=2))
    return [
        *(str(Path(sys.executable).with_name("sam")), "local", "invoke", function),
        *("--event", str(FOLDER / "event.json")),
        *("--template", str(FOLDER / "template.json")),
        *("--env-vars", str(FOLDER / "environment.json")),
        *("--docker-network", environment.network),
        *("--parameter-overrides", f"FunctionArchitecture={environment.neighbours.architecture}"),
    ]


def environments(settings: Settings, environment: Compose) -> dict[str, dict[str, str]]:
    """The variables of each function that is deployed, and the emulator's address."""
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    deployed = Deployed(settings)
    found = {}
    for logical_id in deployed.of_type("AWS::Lambda::Function"):
        configuration = client.get_function_configuration(FunctionName=deployed.physical(logical_id))
        found[logical_id] = {**configuration["Environment"]["Variables"], ENDPOINT: environment.neighbours.emulator_url}
    return found


def local_template(template: dict[str, Any], artifacts: list[Artifact], folder: Path) -> dict[str, Any]:
    """`template` with what was built for its sources, and the emulator's address among every function's variables."""
    resources = dict(template["Resources"])
    for artifact in artifacts:
        resource = resources[artifact.logical_id]
        source = SOURCE_PROPERTY[resource["Type"]]
        built = _folder(artifact, folder) if source == "ContentUri" else artifact.path
        resources[artifact.logical_id] = {**resource, "Properties": {**resource["Properties"], source: str(built)}}
    shared = template["Globals"]["Function"]
    variables = {**shared["Environment"]["Variables"], ENDPOINT: ""}
    function = {**shared, "Environment": {**shared["Environment"], "Variables": variables}}
    return {**template, "Globals": {**template["Globals"], "Function": function}, "Resources": resources}


def _folder(layer: Artifact, folder: Path) -> Path:
    """SAM takes functions as zips, layers as folders."""
    content = folder / layer.path.stem
    if not content.exists():
        with zipfile.ZipFile(layer.path) as archive:
            archive.extractall(content)
    return content
