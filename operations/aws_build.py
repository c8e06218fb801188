"""Build what `sam deploy` sends to AWS, and refuse what would not run there, or start slowly.

    python -m operations.aws_build [CONFIG]

SAM gives a makefile builder neither architecture nor runtime, and publishes versions always or never. All that is taken
from where the deployment takes it: the `parameter_overrides` of CONFIG (`prod`, unless given) in samconfig.toml, else
the defaults of template.yaml.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]  # ships no types

from operations.source import ROOT, files

BUILT = ROOT / ".aws-sam" / "build"
# e_machine of the ELF header, see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_MACHINES = {"arm64": 183, "x86_64": 62}
# See PEP 552: byte code that is never held against its source, whose date a zip does not keep.
_UNCHECKED = b"\x01\x00\x00\x00"


@dataclass(frozen=True)
class Target:
    """Where functions run: `arm64` or `x86_64`, a Python such as `3.13`, from snapshots or not."""

    architecture: str
    python: str
    snapshots: bool = False


def target(template: dict[str, Any], samconfig: dict[str, Any], config: str) -> Target:
    """What a deployment with one of samconfig.toml's environments asks for; KeyError when there is none such."""
    overrides = samconfig[config]["deploy"]["parameters"].get("parameter_overrides", [])
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    given = dict(word.split("=", 1) for word in words)

    def parameter(name: str) -> str:
        return str(given.get(name, template["Parameters"][name]["Default"]))

    return Target(
        parameter("FunctionArchitecture"),
        parameter("FunctionRuntime").removeprefix("python"),
        parameter("SnapStart") == "PublishedVersions",
    )


def publish(template: dict[str, Any]) -> None:
    """Gives each function behind the API a version for every change, and an alias that the API calls.

    Snapshots are of versions alone, and SAM cannot make these by a parameter. An old version, which would be paid for
    as well, goes.
    """
    for resource in template["Resources"].values():
        events = resource.get("Properties", {}).get("Events", {})
        if any(event["Type"] == "HttpApi" for event in events.values()):
            resource["Properties"].update(
                SnapStart={"ApplyOn": "PublishedVersions"},
                AutoPublishAlias="live",
                AutoPublishAliasAllProperties=True,
                VersionDeletionPolicy="Delete",
            )


def misfits(folder: Path, fit: Target) -> Iterator[str]:
    """What under `folder` is of no use to functions there: binaries of other machines, sources without byte code."""
    tag = f"cpython-{fit.python.replace('.', '')}"
    for path in files(folder):
        content = path.read_bytes()
        name = path.relative_to(folder)
        if content.startswith(b"\x7fELF") and int.from_bytes(content[18:20], "little") != _MACHINES[fit.architecture]:
            yield f"{name} is not for {fit.architecture}"
        if ".cpython-" in path.name and tag not in path.name:
            yield f"{name} is not for Python {fit.python}"
        if path.suffix == ".py":
            code = path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc"
            if not code.exists():
                yield f"{name} has no byte code of Python {fit.python}"
            elif code.read_bytes()[4:8] != _UNCHECKED:
                yield f"{name} has byte code that a zip makes worthless"


def main(config: str = "prod") -> int:
    """1 when something was built that does not fit; prints what, and what to do."""
    fit = target(
        yaml_parse((ROOT / "template.yaml").read_text()), tomllib.loads((ROOT / "samconfig.toml").read_text()), config
    )
    tools = Path(sys.executable).parent
    subprocess.run(
        [tools / "sam", "build"],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "LAMBDA_ARCHITECTURE": fit.architecture,
            "LAMBDA_PYTHON": fit.python,
        },
        check=True,
    )
    if fit.snapshots:
        built = yaml_parse((BUILT / "template.yaml").read_text())
        publish(built)
        (BUILT / "template.yaml").write_text(yaml.safe_dump(built))
    found = [f"{folder.name}: {misfit}" for folder in sorted(BUILT.iterdir()) for misfit in _of(folder, fit)]
    if found:
        print(*found[:10], f"{len(found)} files do not fit {fit}.", sep="\n", file=sys.stderr)
        print(
            f"Byte code takes a Python {fit.python} on this machine (uv python install {fit.python}); or name the one"
            " that is here as the parameter FunctionRuntime, which may be python3.11 to python3.13.",
            file=sys.stderr,
        )
    return 1 if found else 0


def _of(folder: Path, fit: Target) -> list[str]:
    return list(misfits(folder, fit)) if folder.is_dir() else []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
