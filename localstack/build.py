"""Build the template's functions and layers as `sam build` does with makefile builders, for the Python that runs them.

ministack runs every function on its own interpreter, whatever runtime the template names, so native wheels and byte
code must be of that interpreter.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.source import files

SOURCE_PROPERTY = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class BuildFailed(RuntimeError):
    """A makefile builder stopped; the message holds what it said."""


@dataclass(frozen=True)
class Target:
    """The Python (as "3.13") that functions run on, and its platform as uv names it; empty is this machine's."""

    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform: str = ""

    def __str__(self) -> str:
        return f"py{self.python.replace('.', '')}{self.platform and '-'}{self.platform}"


HERE = Target()


@dataclass(frozen=True)
class Artifact:
    """One zip, and the key of its content: functions are redeployed when the key changes, and only then."""

    logical_id: str
    path: Path
    key: str


def build(template: dict[str, Any], root: Path, cache: Path, target: Target = HERE) -> list[Artifact]:
    """Zips for every function and layer of `template`; those unchanged since an earlier call come from `cache`."""
    shared = template.get("Globals", {}).get("Function", {})
    sources = [
        (logical_id, root / {**shared, **resource["Properties"]}[SOURCE_PROPERTY[resource["Type"]]])
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in SOURCE_PROPERTY
    ]
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda source: _build_one(source[0], source[1], cache, target), sources))


def _build_one(logical_id: str, source: Path, cache: Path, target: Target) -> Artifact:
    inputs = digest((str(path.relative_to(source)), path.read_bytes()) for path in files(source))
    path = cache / f"{logical_id}-{inputs[:16]}-{target}.zip"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            folder, archive = Path(scratch, "artifacts"), Path(scratch, "artifact.zip")
            folder.mkdir()
            _make(logical_id, source, folder, target)
            write_zip(folder, archive)
            archive.replace(path)
        for other in cache.glob(f"{logical_id}-*-{target}.zip"):
            if other != path:
                other.unlink(missing_ok=True)
    return Artifact(logical_id, path, f"{logical_id}/{digest(_content(path))}.zip")


def _make(logical_id: str, source: Path, artifacts: Path, target: Target) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    variables = {
        "ARTIFACTS_DIR": str(artifacts),
        "UV": uv or "uv",
        "PYTHON": sys.executable,
        "LAMBDA_PYTHON": target.python,
        "LAMBDA_PLATFORM": target.platform,
    }
    # MAKEFLAGS of an outer make (`make run LMS_PORT_OFFSET=...`) would reach into this one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "-C", str(source), f"build-{logical_id}", *(f"{name}={value}" for name, value in variables.items())],
        env={**environment, "VIRTUAL_ENV": sys.prefix},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{logical_id}: {done.stdout}{done.stderr}")


def write_zip(folder: Path, archive: Path) -> None:
    """Zip `folder` so that equal content gives equal bytes: sorted names, one date, plain modes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            out.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _content(archive: Path) -> Iterable[tuple[str, bytes]]:
    # Byte code follows from the sources but is not always marshalled to the same bytes.
    with zipfile.ZipFile(archive) as zipped:
        for name in zipped.namelist():
            if not name.endswith(".pyc"):
                yield name, zipped.read(name)


def digest(content: Iterable[tuple[str, bytes]]) -> str:
    """One SHA-256 over named contents, in the order given."""
    total = hashlib.sha256()
    for name, data in content:
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    return total.hexdigest()
