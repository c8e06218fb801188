"""What the emulator's journal costs: how long a write takes with it, beside how long one takes without, in one run.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.journal     (`make bench` does)

Two writes, by 1 and by 8 clients that send one after the other: a request (a teacher renames a module: three calls of
DynamoDB, the last one a transaction of state and event), each client a process as a function's worker is one; and a
bare transaction of three items of 400 bytes, straight over HTTP. One emulator has the journal and one has not; they
take turns, ROUNDS (7) times. Each round is a ratio of medians, and what is printed is the median of the ratios, so that
other work on the machine moves both sides.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import IO, Any
from urllib.parse import urlsplit

import boto3

import tests.conftest  # noqa: F401  # takes the developer's own variables away
from benchmarks.emulated import free_port, wait_until_ready
from benchmarks.figures import table
from localstack import emulator
from localstack.settings import Settings
from tests.template import ENVIRONMENT, create_queues, create_tables

ROUNDS = int(os.environ.get("ROUNDS", "7"))
WRITES = {"request": 160, "transaction": 1200}
TABLE = "bare"
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{os.environ['AWS_REGION']}/dynamodb/aws4_request",
    "X-Amz-Target": "DynamoDB_20120810.TransactWriteItems",
}


def main() -> None:
    emulator.ensure_venv()
    ratios: dict[tuple[str, int, str], list[float]] = defaultdict(list)
    took: dict[tuple[str, int, str], list[float]] = defaultdict(list)
    with ExitStack() as stack:
        clients = {journaled: stack.enter_context(_clients(journaled)) for journaled in (False, True)}
        for number in range(ROUNDS):
            for write, count in WRITES.items():
                for at_once in (1, 8):
                    found = {}
                    # Which one comes first changes, so that neither has the warmer machine.
                    for journaled in (False, True) if number % 2 else (True, False):
                        times = _times(clients[journaled][:at_once], write, count // at_once)
                        found[journaled] = {"p50": median(times), "p95": quantiles(times, n=20)[-1]}
                    for figure in ("p50", "p95"):
                        ratios[write, at_once, figure].append(found[True][figure] / found[False][figure])
                        took[write, at_once, figure].append(found[False][figure] * 1000)
    rows = [
        [*measured, f"{median(took[measured]):.2f}", f"{median(of_rounds):.2f}"]
        for measured, of_rounds in ratios.items()
    ]
    print(table(["a write", "clients", "", "ms without", "ratio with"], rows))


Client = subprocess.Popen[str]


@contextmanager
def _clients(journaled: bool) -> Iterator[list[Client]]:
    """Eight processes that write to an emulator of their own when they are told to."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Settings.from_environment({"LMS_STACK_DIR": folder, "LMS_EMULATOR_PORT": str(free_port())})
        command = [
            "ministack.app:app" if word == emulator.APPLICATION and not journaled else word
            for word in emulator.command(settings)
        ]
        environment = emulator.environment(settings)
        for name in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
            Path(environment[name]).mkdir(parents=True, exist_ok=True)
        log = stack.enter_context(Path(folder, "log").open("wb"))
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        stack.callback(_end, process)
        wait_until_ready(settings, process)
        dynamodb = boto3.client("dynamodb", endpoint_url=settings.emulator_url)
        create_tables(dynamodb)
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        variables = {
            **os.environ,
            **ENVIRONMENT,
            **create_queues(boto3.client("sqs", endpoint_url=settings.emulator_url)),
        }
        clients: list[Client] = []
        for _ in range(8):
            client = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.journal", settings.emulator_url],
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(_end, client)
            clients.append(client)
            # One after the other: each publishes the key of its own tokens, and remembers it.
            _line(client.stdout)
        yield clients


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    process.wait()


def _line(stream: IO[str] | None) -> str:
    line = stream.readline() if stream else ""
    if not line:
        raise RuntimeError("a client has ended")
    return line


def _times(clients: list[Client], write: str, count: int) -> list[float]:
    """The seconds of each write, all clients together."""
    for client in clients:
        print(write, count, file=client.stdin, flush=True)
    return [seconds for client in clients for seconds in json.loads(_line(client.stdout))]


def serve(url: str) -> None:
    """One client: writes as often as each line of the standard input says, and answers with the seconds of each."""
    os.environ.update(POWERTOOLS_LOG_LEVEL="ERROR", AWS_ENDPOINT_URL=url)
    writes = {"request": _requests(), "transaction": _transactions(url)}
    for write in writes.values():
        write(0)
    print("ready", flush=True)
    for line in sys.stdin:
        name, count = line.split()
        times = []
        for number in range(int(count)):
            begun = time.perf_counter()
            writes[name](number)
            times.append(time.perf_counter() - begun)
        print(json.dumps(times), flush=True)


def _requests() -> Callable[[int], None]:
    from tests.conftest import Clock
    from tests.content.conftest import Content
    from tests.people import publish_key

    publish_key()
    content = Content(Clock())
    token = content.teacher.token
    made = content.http("POST", f"/courses/{content.course}/modules", {"title": "x"}, token=token)
    path = f"/modules/{made.json['id']}"

    def rename(number: int) -> None:
        answer = content.http("PUT", path, {"title": f"Module {number}"}, token=token)
        if answer.status != 200:
            raise RuntimeError(f"a module is not renamed: {answer}")

    return rename


def _transactions(url: str) -> Callable[[int], None]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def transact(number: int) -> None:
        # The same keys in each round: the table does not grow.
        items = [{"id": {"S": f"{os.getpid()}-{number}-{part}"}, "content": {"S": "x" * 400}} for part in range(3)]
        body = json.dumps({"TransactItems": [{"Put": {"TableName": TABLE, "Item": item}} for item in items]})
        if number == 0:
            # The emulator has closed one that was idle for long.
            connection.close()
        connection.request("POST", "/", body, HEADERS)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a transaction was answered {answer.status}")

    return transact


if __name__ == "__main__":
    serve(sys.argv[1]) if len(sys.argv) > 1 else main()
