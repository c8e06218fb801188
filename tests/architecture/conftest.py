"""Each function as Lambda finds it: its own zip, the layer, the template's environment, and nothing else."""

import json
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from localstack.build import build
from operations.source import ROOT
from tests.architecture.deployed import FUNCTIONS, RUNTIME_ENVIRONMENT, environment, handler
from tests.template import TEMPLATE

_LAYER = "SharedLayer"
_IMPORT = """
import gc, importlib, json, sys
begun = gc.get_stats()[0]["collections"]
task, layer, handler = sys.argv[1:]
sys.path[:0] = [task, layer + "/python"]
module, _, name = handler.rpartition(".")
assert callable(getattr(importlib.import_module(module), name))
files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
def below(model):
    return [model, *(each for child in model.__subclasses__() for each in below(child))]
models = below(sys.modules["pydantic.main"].BaseModel)[1:] if "pydantic.main" in files else []
built = [f"{model.__module__}.{model.__name__}" for model in models if model.__pydantic_complete__]
json.dump([files, built, gc.get_stats()[0]["collections"] - begun], sys.stdout)
"""


@dataclass(frozen=True)
class Imported:
    """A handler that was imported, or why it failed: the files of the modules it took, the models it built, and how
    often objects were collected."""

    modules: dict[str, str | None]
    built: list[str]
    collections: int
    failure: str

    def took(self, module: str) -> bool:
        return any(name == module or name.startswith(f"{module}.") for name in self.modules)


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The unpacked zip of every function and of the layer."""
    folder = tmp_path_factory.mktemp("artifacts")
    unpacked = {}
    for artifact in build(TEMPLATE, ROOT, ROOT / ".build" / "artifacts"):
        unpacked[artifact.logical_id] = folder / artifact.logical_id
        with zipfile.ZipFile(artifact.path) as archive:
            archive.extractall(unpacked[artifact.logical_id])
    return unpacked


@pytest.fixture(scope="session")
def imported(artifacts: dict[str, Path]) -> dict[str, Imported]:
    """Every function's handler, imported in a process of its own."""

    def run(function: str) -> Imported:
        done = subprocess.run(
            # Isolated, and without site-packages.
            [sys.executable, "-I", "-S", "-c", _IMPORT, artifacts[function], artifacts[_LAYER], handler(function)],
            env={**RUNTIME_ENVIRONMENT, **environment(function)},
            capture_output=True,
            text=True,
            check=False,
        )
        found = ({}, [], 0) if done.returncode else json.loads(done.stdout.splitlines()[-1])
        return Imported(*found, failure=done.stderr if done.returncode else "")

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(FUNCTIONS, pool.map(run, FUNCTIONS), strict=True))
