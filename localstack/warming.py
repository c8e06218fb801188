"""Use functions once before a person does: the first use of each takes some seconds, later ones milliseconds."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from localstack import emulator
from localstack.deployed import Deployed
from localstack.settings import HOST, Settings

# Starting one keeps a core busy.
AT_ONCE = 2
# No records of any kind: the function is imported and finds nothing to do.
EMPTY_EVENT = json.dumps({"eventSource": "aws:kafka", "records": {}, "Records": []}).encode()


def warm(settings: Settings, deployed: Deployed) -> int:
    """Use each function that serves the API or an event source; answers how many."""
    calls = [*_requests(settings, deployed), *_empty_batches(settings)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda call: call(), calls))
    return len(calls)


def _requests(settings: Settings, deployed: Deployed) -> list[Callable[[], object]]:
    """One a function; without the gateway's header it is refused, by a function that is then awake."""
    paths = {function: key.partition(" ")[2] for key, function in deployed.routes().items() if key.startswith("ANY ")}
    api = f"/_aws/execute-api/{deployed.api_id}"
    return [partial(_get, settings, api + path) for path in paths.values()]


def _get(settings: Settings, path: str) -> None:
    connection = http.client.HTTPConnection(HOST, settings.emulator, timeout=120)
    try:
        connection.request("GET", path.replace("{proxy+}", "warm"))
        connection.getresponse().read()
    finally:
        connection.close()


def _empty_batches(settings: Settings) -> list[Callable[[], object]]:
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    mappings = client.list_event_source_mappings()["EventSourceMappings"]
    functions = sorted({mapping["FunctionArn"] for mapping in mappings})
    return [partial(client.invoke, FunctionName=name, Payload=EMPTY_EVENT) for name in functions]
