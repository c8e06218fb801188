"""What a cold start costs: the CPU time of importing each function's handler, beside that of a bare function.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.cold_start [FUNCTION ...]     (`make bench` does)

Every import is a new process that finds what Lambda finds: the function's zip and the layer with their byte code, the
template's environment, no site-packages. The bare function has FastAPI, Mangum and a boto3 client for DynamoDB, which
it makes; ours make theirs with the first request. A round imports each function once, the bare one before every
eighth, and divides by the round's median of the bare one. What is printed is the median of ROUNDS (5) rounds, so that
other work on the machine moves both sides of a ratio.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import table
from localstack.build import build
from operations.source import ROOT
from tests.architecture.deployed import FUNCTIONS, RUNTIME_ENVIRONMENT, environment, handler
from tests.template import TEMPLATE

ROUNDS = int(os.environ.get("ROUNDS", "5"))
_BARE_EVERY = 8
# A function of 1 769 MB has one vCPU, of 1 GB its part of one; arm64 is said to be up to 19 % faster than x86 there.
_ON_LAMBDA = 1769 / 1024 / 1.19
_LAYER = "SharedLayer"
_MEASURED = """
import json, sys, time
begun = time.process_time()
{imports}
json.dump([time.process_time() - begun, len(sys.modules)], sys.stdout)
"""
_BARE = """
import boto3
from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()
client = boto3.client("dynamodb")
@app.get("/")
def hello() -> dict[str, str]:
    return {"hello": "world"}
handler = Mangum(app, lifespan="off")
"""


def main() -> None:
    wanted = sys.argv[1:] or list(FUNCTIONS)
    with tempfile.TemporaryDirectory() as folder:
        paths = _unpacked(Path(folder, "artifacts"), {*wanted, _LAYER})
        layer = paths[_LAYER] / "python"
        # On Lambda boto3 comes with the runtime. What else is installed here would be taken as well: pyOpenSSL, awscrt.
        runtime = Path(folder, "runtime")
        for name in ("boto3", "s3transfer"):
            shutil.copytree(Path(sysconfig.get_path("purelib"), name), runtime / name)

        def bare() -> list[float]:
            return _measure(_BARE, [layer, runtime], {})

        def function(name: str) -> list[float]:
            return _measure(f"import {handler(name).rpartition('.')[0]}", [paths[name], layer], environment(name))

        # Once before anything counts: files come from the disk's cache from then on.
        modules = {name: function(name)[1] for name in wanted} | {"(bare)": bare()[1]}
        seconds, ratios = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
        for _ in range(ROUNDS):
            bares, found = [], {}
            for index, name in enumerate(wanted):
                if index % _BARE_EVERY == 0:
                    bares.append(bare()[0])
                found[name] = function(name)[0]
            unit = median([*bares, bare()[0]])
            for name, cost in {"(bare)": unit, **found}.items():
                seconds[name].append(cost)
                ratios[name].append(cost / unit)
    rows = [
        [
            name,
            f"{median(seconds[name]) * 1000:.0f}",
            f"{median(ratios[name]):.2f}",
            f"{modules[name]:.0f}",
            f"{median(seconds[name]) * 1000 * _ON_LAMBDA:.0f}",
        ]
        for name in ("(bare)", *wanted)
    ]
    print(table(["function", "CPU ms", "ratio", "modules", "estimate for AWS, ms"], rows))


def _measure(imports: str, path: Sequence[Path], variables: dict[str, str]) -> list[float]:
    """The CPU seconds of some imports, and how many modules there are then."""
    code = f"import sys; sys.path[:0] = {[str(folder) for folder in path]}\n" + _MEASURED.format(imports=imports)
    done = subprocess.run(
        # Isolated, and without site-packages.
        [sys.executable, "-I", "-S", "-c", code],
        env={**RUNTIME_ENVIRONMENT, **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[float] = json.loads(done.stdout)
    return found


def _unpacked(folder: Path, wanted: set[str]) -> dict[str, Path]:
    paths = {}
    for artifact in build(TEMPLATE, ROOT, ROOT / ".build" / "artifacts"):
        if artifact.logical_id in wanted:
            paths[artifact.logical_id] = folder / artifact.logical_id
            with zipfile.ZipFile(artifact.path) as archive:
                archive.extractall(paths[artifact.logical_id])
    return paths


if __name__ == "__main__":
    main()
