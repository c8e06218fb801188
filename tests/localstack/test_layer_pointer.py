"""What is deployed in place of the layer."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from localstack.build import HERE, Artifact, Target
from localstack.layer_pointer import layer_pointer, site


@pytest.fixture
def layer(tmp_path: Path) -> Artifact:
    """With a module of its own, and one by whose name the interpreter brings along another."""
    path = tmp_path / "layer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python/of_the_layer.py", "")
        archive.writestr("python/pip/__init__.py", "")
    return Artifact("SharedLayer", path, "SharedLayer/one.zip")


def test_functions_find_the_layers_modules_before_the_interpreters_own(layer: Artifact, tmp_path: Path) -> None:
    pointer = layer_pointer(layer, tmp_path / "stack")
    with zipfile.ZipFile(pointer.path) as archive:
        archive.extractall(tmp_path / "opt")
    code = f"""
import json, site
site.addsitedir({str(tmp_path / "opt" / site(HERE))!r})
import of_the_layer, pip
print(json.dumps([of_the_layer.__file__, pip.__file__]))
"""
    files = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert all(Path(file).is_relative_to(tmp_path / "stack") for file in files)


def test_another_layer_is_deployed_anew_and_takes_the_place_of_the_first(layer: Artifact, tmp_path: Path) -> None:
    first = layer_pointer(layer, tmp_path / "stack")
    assert layer_pointer(layer, tmp_path / "stack") == first
    second = layer_pointer(Artifact("SharedLayer", layer.path, "SharedLayer/two.zip"), tmp_path / "stack")
    assert second.key != first.key
    assert len(list((tmp_path / "stack").glob("*/python/of_the_layer.py"))) == 1


def test_a_container_is_pointed_to_where_it_sees_the_folder(layer: Artifact, tmp_path: Path) -> None:
    pointer = layer_pointer(layer, tmp_path / "stack", Path("/data/layer"), Target("3.13", "x86_64-manylinux_2_28"))
    (content,) = (tmp_path / "stack").glob("*/python/of_the_layer.py")
    with zipfile.ZipFile(pointer.path) as archive:
        line = archive.read("python/lib/python3.13/site-packages/layer.pth").decode()
    assert repr(f"/data/layer/{content.parents[1].name}/python") in line
