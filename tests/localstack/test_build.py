"""What is in a zip, built by the project's own Makefile."""

import importlib.util
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from localstack.build import Artifact, BuildFailed, build

MAKEFILE = Path(__file__).parents[2] / "functions" / "Makefile"


def function(code: str = "functions") -> dict[str, Any]:
    return {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": code}}


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.functions = root / "functions"
        self.functions.mkdir()
        shutil.copy(MAKEFILE, self.functions)
        for package in ("auth", "outbox_relay"):
            self.write(f"{package}/api.py", f"NAME = {package!r}\n")

    def write(self, path: str, text: str) -> None:
        file = self.functions / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def build(self, *names: str) -> dict[str, Artifact]:
        template = {"Resources": {name: function() for name in names}}
        return {artifact.logical_id: artifact for artifact in build(template, self.root, self.root / "cache")}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def names(artifact: Artifact) -> set[str]:
    with zipfile.ZipFile(artifact.path) as zipped:
        return set(zipped.namelist())


def test_a_zip_holds_the_package_that_its_logical_id_begins_with_and_no_other(project: Project) -> None:
    made = project.build("AuthConsumerFunction", "OutboxRelayFunction")
    assert {name.partition("/")[0] for name in names(made["AuthConsumerFunction"])} == {"auth"}
    assert {name.partition("/")[0] for name in names(made["OutboxRelayFunction"])} == {"outbox_relay"}


def test_the_byte_code_in_a_zip_counts_whatever_the_time_stamps(project: Project) -> None:
    artifact = project.build("AuthFunction")["AuthFunction"]
    with zipfile.ZipFile(artifact.path) as zipped:
        code = zipped.read(f"auth/__pycache__/api.{sys.implementation.cache_tag}.pyc")
    assert code[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(code[4:8], "little") == 0b01, "a hash of the source, never checked"


def test_the_key_changes_with_the_package_and_only_then(project: Project) -> None:
    before = project.build("AuthFunction", "OutboxRelayFunction")
    project.write("auth/api.py", "NAME = 'changed'\n")
    after = project.build("AuthFunction", "OutboxRelayFunction")
    assert after["AuthFunction"].key != before["AuthFunction"].key
    assert after["OutboxRelayFunction"].key == before["OutboxRelayFunction"].key


def test_what_has_not_changed_is_not_built_again(project: Project) -> None:
    first = project.build("AuthFunction")["AuthFunction"].path
    built = first.stat().st_mtime_ns
    again = project.build("AuthFunction")["AuthFunction"].path
    assert (again, again.stat().st_mtime_ns) == (first, built)


def test_a_function_without_a_package_is_refused_by_name(project: Project) -> None:
    with pytest.raises(BuildFailed, match="UnknownFunction"):
        project.build("UnknownFunction")
