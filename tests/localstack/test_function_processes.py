"""Functions' processes: forked from one that has imported the layer, and otherwise as if started."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from localstack import function_processes, preloaded
from localstack.function_processes import Forked
from operations.source import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system has no handles of processes")

SCRIPT = """
import json, os, sys
for line in sys.stdin:
    print(json.dumps([line.strip(), os.getcwd(), os.environ["NAME"], os.environ.get("HOME"), os.getppid(), sys.argv]))
    print("to be logged", file=sys.stderr)
    if line == "raise\\n":
        raise LookupError("nothing here")
"""


class Functions:
    """Starts functions that run a script, with a layer whose pointer says where `lms` is, and what it is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Forked] = []

    def start(self, name: str, *, layer: str = "import sys", script: str = SCRIPT) -> Forked:
        folder = self._folder / name
        packages = folder / "layer" / "python" / "lib" / "python3" / "site-packages"
        packages.mkdir(parents=True)
        (packages / "layer.pth").write_text(f"{ROOT / 'layers/shared'}\n{layer}\n")
        (folder / "worker.py").write_text(script)
        environment = {"NAME": name, "_LAMBDA_LAYERS_DIRS": str(folder / "layer")}
        started = function_processes.start(
            [sys.executable, str(folder / "worker.py")], cwd=str(folder), env=environment, stdin=-1, stdout=-1
        )
        assert isinstance(started, Forked)
        self._started.append(started)
        return started

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait(5)


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Functions]:
    running = Functions(tmp_path)
    yield running
    running.end()


def ask(process: Forked, line: str) -> str:
    process.stdin.write(f"{line}\n")
    return process.stdout.readline()


def kill(pid: int) -> None:
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert select.select([handle], [], [], 5)[0]
    os.close(handle)


def test_a_function_has_the_folder_environment_and_pipes_that_it_is_started_with(
    functions: Functions, tmp_path: Path
) -> None:
    process = functions.start("exam")
    answer = ask(process, "hello")
    folder = tmp_path / "exam"
    assert answer.startswith(f'["hello", "{folder}", "exam", null, ')
    assert f'["{folder / "worker.py"}"]' in answer
    assert process.stderr.readline() == "to be logged\n"
    assert process.poll() is None


def test_two_functions_share_a_parent_and_nothing_else(functions: Functions) -> None:
    first, second = functions.start("exam"), functions.start("auth")
    answers = [ask(process, "x").split(", ") for process in (first, second)]
    assert answers[0][4] == answers[1][4]
    assert [answer[2] for answer in answers] == ['"exam"', '"auth"']


def test_another_layer_has_a_process_of_its_own(functions: Functions) -> None:
    first = ask(functions.start("exam"), "x").split(", ")
    second = ask(functions.start("auth", layer="import sys  # another"), "x").split(", ")
    assert first[4] != second[4]


def test_a_preloaded_process_that_was_killed_is_started_again(functions: Functions) -> None:
    parent = int(ask(functions.start("exam"), "x").split(", ")[4])
    kill(parent)
    assert int(ask(functions.start("auth"), "x").split(", ")[4]) != parent


def test_a_function_that_raises_ends_and_leaves_its_traceback(functions: Functions) -> None:
    process = functions.start("exam")
    ask(process, "raise")
    assert process.wait(5) == -1
    assert "LookupError: nothing here" in process.stderr.read()


def test_a_function_ends_with_its_input_and_when_it_is_asked_to(functions: Functions) -> None:
    ended, asked = functions.start("exam"), functions.start("auth")
    ended.stdin.close()
    assert ended.wait(5) == -1
    with pytest.raises(subprocess.TimeoutExpired):
        asked.wait(0.05)
    asked.terminate()
    assert asked.wait(5) == -1
    asked.terminate()


def test_anything_but_python_with_a_layer_is_started_as_ever() -> None:
    process = function_processes.start([sys.executable, "-c", "print(1)"], env={}, stdout=subprocess.PIPE)
    assert isinstance(process, subprocess.Popen)
    assert process.communicate()[0] == b"1\n"


def test_all_that_is_imported_beforehand_is_in_the_layer() -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "layers/shared/requirements.txt").read_text(), re.MULTILINE)
    packages = {module.partition(".")[0] for module in preloaded.MODULES} - sys.stdlib_module_names - {"lms"}
    for package in packages:
        assert {re.sub("[-_.]+", "-", name).lower() for name in packages_distributions()[package]} <= {*locked}, package
