"""What is built for AWS fits where a deployment says that it runs."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from operations.aws_build import Target, misfits, publish, target
from operations.source import ROOT
from tests.architecture.rendered import transformed
from tests.template import TEMPLATE

SAMCONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text())
MAKEFILES = ("functions/Makefile", "layers/shared/Makefile")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ELF = b"\x7fELF" + bytes(14)
ARM, X86 = (ELF + machine.to_bytes(2, "little") for machine in (183, 62))
FIT = Target("arm64", "3.13")


def _config(overrides: object) -> dict[str, object]:
    return {"prod": {"deploy": {"parameters": {"parameter_overrides": overrides}}}}


def test_a_deployment_without_a_word_about_it_runs_on_what_the_template_names() -> None:
    assert target(TEMPLATE, SAMCONFIG, "prod") == FIT


@pytest.mark.parametrize(
    "overrides",
    [
        ["MailFrom=A <a@b.c>", "FunctionArchitecture=x86_64", "FunctionRuntime=python3.12"],
        'MailFrom="A <a@b.c>" FunctionArchitecture="x86_64" FunctionRuntime=python3.12',
    ],
)
def test_a_deployments_parameters_decide(overrides: object) -> None:
    assert target(TEMPLATE, _config(overrides), "prod") == Target("x86_64", "3.12")


def test_snapshots_are_of_versions_that_the_api_calls_and_nobody_else_has() -> None:
    plain, published = transformed(), transformed(publish)
    behind_api = {name for name, uri in _integrations(plain).items() if uri}
    made = published["Resources"]
    assert {name.removesuffix("Aliaslive") for name in _of(made, "AWS::Lambda::Alias")} == behind_api
    assert set(_integrations(published).values()) == {f"${{{name}Aliaslive}}" for name in behind_api}
    assert all(version["DeletionPolicy"] == "Delete" for version in _of(made, "AWS::Lambda::Version").values())
    assert not _of(plain["Resources"], "AWS::Lambda::Version")
    snapshots = {name for name, one in _of(made, "AWS::Lambda::Function").items() if "SnapStart" in one["Properties"]}
    assert snapshots == behind_api


def _of(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: resource for name, resource in made.items() if resource["Type"] == kind}


def _integrations(made: dict[str, Any]) -> dict[str, str]:
    """What the API calls for each function."""
    (api,) = _of(made["Resources"], "AWS::ApiGatewayV2::Api").values()
    found = re.findall(
        r"functions/(\$\{(\w+?)(?:Aliaslive|\.Arn)\})/invocations", json.dumps(api["Properties"]["Body"])
    )
    return {name: called for called, name in found}


def _misfits(folder: Path, files: dict[str, bytes]) -> list[str]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(misfits(folder, FIT))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.so": X86}, "a.so is not for arm64"),
        ({"a.cpython-311-aarch64-linux-gnu.so": ARM}, "a.cpython-311-aarch64-linux-gnu.so is not for Python 3.13"),
        ({"p/a.py": b"", "p/__pycache__/a.cpython-312.pyc": b""}, "p/a.py has no byte code of Python 3.13"),
        ({"a.py": b"", "__pycache__/a.cpython-313.pyc": bytes(16)}, "a.py has byte code that a zip makes worthless"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, files: dict[str, bytes], found: str) -> None:
    assert _misfits(tmp_path, files) == [found]


def test_what_fits_passes(tmp_path: Path) -> None:
    code = bytes(4) + b"\x01" + bytes(11)
    files = {"a.so": ARM, "b.cpython-313-aarch64-linux-gnu.so": ARM, "a.py": b"", "a.txt": b"\x7fE"}
    assert not _misfits(tmp_path, {**files, "__pycache__/a.cpython-313.pyc": code})


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_a_native_package_is_that_of_the_architecture_asked_for(tmp_path: Path, architecture: str) -> None:
    shutil.copy(ROOT / "functions" / "Makefile", tmp_path)
    (tmp_path / "auth").mkdir()
    (tmp_path / "auth" / "api.py").touch()
    lock = (ROOT / "layers" / "shared" / "requirements.txt").read_text().splitlines()
    native = next(line.removesuffix(" \\") for line in lock if line.startswith("argon2-cffi-bindings=="))
    (tmp_path / "auth" / "requirements.txt").write_text(native)
    built = tmp_path / "built"
    built.mkdir()
    # As SAM calls it: by environment alone.
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))},
        "VIRTUAL_ENV": sys.prefix,
        "ARTIFACTS_DIR": str(built),
        "UV": str(Path(sys.executable).with_name("uv")),
        "LAMBDA_PYTHON": PYTHON,
        "LAMBDA_ARCHITECTURE": architecture,
    }
    subprocess.run(["make", "-C", tmp_path, "build-AuthFunction"], env=environment, check=True, capture_output=True)
    assert list(built.rglob("*.so"))
    assert not list(misfits(built, Target(architecture, PYTHON)))


def _lines(makefile: str) -> dict[str, str]:
    lines = (ROOT / makefile).read_text().splitlines()
    return dict(line.split("= ", 1) for line in lines if line.startswith(("LAMBDA_", "PLATFORM_")) and "= " in line)


def test_functions_and_layer_are_built_for_one_target_which_is_the_templates() -> None:
    functions, layer = map(_lines, MAKEFILES)
    assert functions == layer
    assert Target(functions["LAMBDA_ARCHITECTURE ?"], functions["LAMBDA_PYTHON ?"]) == FIT
