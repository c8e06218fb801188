"""Unpack the layer once for all functions; the emulator would do so for every process that it starts.

That costs it more than a function's imports take, and 56 MB of disk. What is deployed instead is one line by which
Python finds the unpacked folder: a `.pth` file, see https://docs.python.org/3/library/site.html.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from localstack.build import HERE, Artifact, Target, digest, write_zip


def site(target: Target) -> Path:
    """Where in a layer Python looks for `.pth` files."""
    return Path("python", "lib", f"python{target.python}", "site-packages")


def layer_pointer(layer: Artifact, folder: Path, seen: Path | None = None, target: Target = HERE) -> Artifact:
    """The layer as a pointer to what is unpacked under `folder`, where nothing else is kept.

    `seen` is where functions find that folder, when it is elsewhere for them.
    """
    content = folder / digest([("key", layer.key.encode())])[:16]
    if not content.exists():
        shutil.rmtree(folder, ignore_errors=True)
        scratch = folder / "unfinished"
        with zipfile.ZipFile(layer.path) as archive:
            archive.extractall(scratch)
        scratch.rename(content)
    # A bare path would come after all that the emulator's own interpreter brings along.
    line = f"import sys; sys.path.insert(0, {str((seen or folder) / content.name / 'python')!r})\n"
    pointer = folder / "pointer"
    (pointer / site(target)).mkdir(parents=True, exist_ok=True)
    (pointer / site(target) / "layer.pth").write_text(line)
    archive_path = folder / "pointer.zip"
    write_zip(pointer, archive_path)
    return Artifact(layer.logical_id, archive_path, f"{layer.logical_id}/{digest([('line', line.encode())])}.zip")
