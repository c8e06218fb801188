"""Use functions once before a person does: the first use of each takes some seconds, later ones milliseconds."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from localstack import emulator
from localstack.deployed import Deployed
from localstack.settings import HOST, Settings

AT_ONCE = 2
# No records of any kind: the function is imported and finds nothing to do.
EMPTY_EVENT = json.dumps({"eventSource": "aws:kafka", "records": {}, "Records": []}).encode()


def warm_api(settings: Settings, deployed: Deployed) -> None:
    """One request to each function behind the API; without the gateway's header they refuse it, awake."""
    paths = {function: key.partition(" ")[2] for key, function in deployed.routes().items() if key.startswith("ANY ")}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda path: _get(settings, f"/_aws/execute-api/{deployed.api_id}{path}"), paths.values()))


def _get(settings: Settings, path: str) -> None:
    connection = http.client.HTTPConnection(HOST, settings.emulator, timeout=120)
    try:
        connection.request("GET", path.replace("{proxy+}", "warm"))
        connection.getresponse().read()
    finally:
        connection.close()


def warm_consumers(settings: Settings) -> None:
    """An empty batch for each function with an event source; the stack may be stopped meanwhile."""
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    try:
        mappings = client.list_event_source_mappings()["EventSourceMappings"]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            functions = sorted({mapping["FunctionArn"] for mapping in mappings})
            list(pool.map(lambda function: client.invoke(FunctionName=function, Payload=EMPTY_EVENT), functions))
    except (BotoCoreError, ClientError):
        return
