"""What a warm request costs: its CPU time, beside that of a bare function that asks DynamoDB the same.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.warm     (`make bench` does)

Each request is sent to an emulator once, and what DynamoDB answers is kept, below botocore's HTTP. From then on the
same request gets the same bytes, so that the CPU time of this one process is all there is. The bare function answers
hello world (FastAPI and Mangum, without a thread) and makes the same calls by a botocore client that does not validate
parameters; for a login it checks the password too. Both take turns, ROUNDS (7) times, and what is printed is the median
of the rounds' ratios, so that other work on the machine moves both sides.
"""

import io
import os
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TextIO

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from fastapi import FastAPI
from mangum import Mangum

from benchmarks.emulated import emulated
from benchmarks.figures import table

if TYPE_CHECKING:
    from tests.clients import Client

ROUNDS = int(os.environ.get("ROUNDS", "7"))
TIMES = 20
"""In a row, in a round."""

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]


@dataclass
class Recorded:
    """A request: its function, what Lambda hands over, and what was asked of DynamoDB and answered."""

    handler: Handler
    event: Event
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[AWSResponse] = field(default_factory=list)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU time, medians of the rounds; the ratio is the median of the rounds' own."""

    name: str
    calls: list[str]
    ours: float
    bare: float
    ratio: float


class Tape:
    """In the place of botocore's HTTP: passes requests on and keeps the answers, or gives the kept ones back."""

    def __init__(self, http: Any) -> None:
        self._http = http
        self._kept: list[AWSResponse] = []
        self._next: int | None = None

    def record(self, answers: list[AWSResponse]) -> None:
        self._kept, self._next = answers, None

    def play(self, answers: list[AWSResponse]) -> None:
        """From the first one on."""
        self._kept, self._next = answers, 0

    def end(self) -> None:
        """Fails when not every answer was asked for."""
        if self._next != len(self._kept):
            raise RuntimeError(f"{self._next} calls of {len(self._kept)}")

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        if self._next is None:
            answer: AWSResponse = self._http.send(request)
            self._kept.append(answer)
            return answer
        kept = self._kept[self._next]
        self._next += 1
        answer = AWSResponse(kept.url, kept.status_code, kept.headers, io.BytesIO())
        answer._content = kept.content
        return answer


def main() -> None:
    rows = [
        [cost.name, len(cost.calls), f"{cost.ours:.1f}", f"{cost.bare:.1f}", f"{cost.ratio:.2f}", ", ".join(cost.calls)]
        for cost in measure()
    ]
    print(table(["a warm request", "calls", "CPU ms", "bare CPU ms", "ratio", "DynamoDB is asked"], rows))


def measure() -> list[Cost]:
    """The costs of hello world and of each request of a learner."""
    with emulated(), Path(os.devnull).open("w") as nowhere:
        from auth import hashing
        from benchmarks.learner import LOGIN, Learner
        from lms import dynamo
        from tests.auth.conftest import PASSWORD

        learner = Learner()
        _log_to(nowhere)
        ours = dynamo._connection().client
        ours_tape, bare = Tape(ours._endpoint.http_session), _bare_client()
        bare_tape = Tape(bare._endpoint.http_session)
        ours._endpoint.http_session, bare._endpoint.http_session = ours_tape, bare_tape
        recorded = _record(ours, ours_tape, learner.clients, learner.requests)
        hello, hash_of = _hello(), hashing.hash_password(PASSWORD)

        def answer(request: Recorded) -> None:
            ours_tape.play(request.answers)
            request.handler(request.event, None)
            ours_tape.end()

        def answer_bare(request: Recorded) -> None:
            bare_tape.play(request.answers)
            hello(request.event, None)
            for operation, asked in request.calls:
                bare._make_api_call(operation, asked)
            if request is recorded[LOGIN]:
                hashing.check_password(PASSWORD, hash_of)
            bare_tape.end()

        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in recorded}
        for _ in range(ROUNDS):
            for name, request in recorded.items():
                seconds[name].append((_seconds(answer, request), _seconds(answer_bare, request)))
    return [_cost(name, [call for call, _ in recorded[name].calls], pairs) for name, pairs in seconds.items()]


def _record(
    ours: Any, tape: Tape, clients: "list[Client]", requests: dict[str, Callable[[], Any]]
) -> dict[str, Recorded]:
    sent: list[tuple[Handler, Event]] = []
    for client in clients:
        client._handler = _noted(client._handler, sent)
    calls: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls.append((model.name, deepcopy(params)))

    ours.meta.events.register("before-parameter-build.dynamodb", note)
    recorded: dict[str, Recorded] = {}
    for name, request in requests.items():
        # The first one warms: what a worker remembers, it has read.
        for _ in range(2):
            answers: list[AWSResponse] = []
            tape.record(answers)
            calls.clear()
            answer = request()
            if answer.status != 200:
                raise RuntimeError(f"{name}: {answer}")
        recorded[name] = Recorded(*sent[-1], list(calls), answers)
    ours.meta.events.unregister("before-parameter-build.dynamodb", note)
    return recorded


def _noted(handler: Handler, sent: list[tuple[Handler, Event]]) -> Handler:
    def note(event: Event, context: Any) -> Any:
        sent.append((handler, event))
        return handler(event, context)

    return note


def _log_to(nowhere: TextIO) -> None:
    """A line a request, as in Lambda."""
    from lms.log import logger

    logger.setLevel("INFO")
    for handler in logger.handlers:
        handler.setStream(nowhere)


def _bare_client() -> Any:
    config = Config(parameter_validation=False)
    return botocore.session.get_session().create_client("dynamodb", config=config)


def _hello() -> Handler:
    app = FastAPI()

    @app.get("/{path:path}")
    @app.put("/{path:path}")
    @app.post("/{path:path}")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    return Mangum(app, lifespan="off")


def _seconds(answer: Callable[[Recorded], None], request: Recorded) -> float:
    """The CPU time of one, after one that does not count."""
    answer(request)
    begun = time.process_time()
    for _ in range(TIMES):
        answer(request)
    return (time.process_time() - begun) / TIMES


def _cost(name: str, calls: list[str], pairs: list[tuple[float, float]]) -> Cost:
    ours, bare = zip(*pairs, strict=True)
    ratio = median(one / other for one, other in pairs)
    return Cost(name, calls, median(ours) * 1000, median(bare) * 1000, ratio)


if __name__ == "__main__":
    main()
