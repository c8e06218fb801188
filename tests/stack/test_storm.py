"""Many at once, and parts that die in the middle: nobody who was told 201 is lost."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from localstack.process import PidFile
from tests.stack.clients import Person, eventually
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


def _register(person: Person) -> int:
    """The status; a gateway that is just gone is asked again, as any client would."""

    def attempt() -> int | None:
        try:
            answer = person.register()
        except httpx.TransportError:
            return None
        return None if answer.status_code in (502, 503, 504) else answer.status_code

    return eventually(attempt)


def test_of_200_registrations_at_once_50_for_one_name_exactly_one_wins_the_name(stack: StackUnderTest) -> None:
    people = [Person(stack, f"storm-{number}") for number in range(150)]
    rivals = [Person(stack, "storm-rival") for _ in range(50)]
    for number, rival in enumerate(rivals):
        rival.email = f"rival-{number}@example.com"
    everybody = [person for pair in zip(people, rivals * 3, strict=True) for person in pair][: len(people) * 2]
    unique = list(dict.fromkeys(everybody))
    with ThreadPoolExecutor(50) as pool:
        statuses = dict(zip(unique, pool.map(lambda person: person.register().status_code, unique), strict=True))
    assert [statuses[person] for person in people] == [201] * 150
    assert sorted(statuses[rival] for rival in rivals) == [201] + [409] * 49
    for person in people[::15]:
        person.login()


@pytest.mark.parametrize("part", ["broker", "msk_trigger", "gateway"])
def test_everybody_registered_while_a_part_is_killed_can_log_in(stack: StackUnderTest, part: str) -> None:
    people = [Person(stack, f"{part.replace('_', '-')}-{number}") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        statuses = [pool.submit(_register, person) for person in people]
        time.sleep(0.3)
        pid = PidFile(stack.settings.run / f"{part}.pid").pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        answered = [status.result() for status in statuses]
    # 409: the answer to the first try was lost with the gateway, and the client's second try found the name taken.
    assert set(answered) <= {201, 409}
    for person in people:
        eventually(lambda person=person: _token(person))


def _token(person: Person) -> str | None:
    try:
        answer = person.try_login()
    except httpx.TransportError:
        return None
    return answer.json()["access_token"] if answer.status_code == 200 else None


def test_what_was_there_before_a_stop_is_there_after_the_next_start(stack: StackUnderTest) -> None:
    dana = Person(stack, "dana").joined()
    assert stack.command("down").returncode == 0
    assert stack.command("up").returncode == 0
    assert dana.call("GET", "/auth/profile").json()["username"] == "dana"
    assert Person(stack, "dana").login().token
