"""python -m operations.console.vendor: fetches the console's libraries anew, as `vendor.toml` names them.

An ordinary client of npm's registry (deno) brings the packages; the files are taken as they are. To take another
version: change it in the table, run this, and write the hash that it names into the table.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from operations.source import ROOT

TABLE = Path(__file__).with_name("vendor.toml")
FOLDERS = {
    "console": ROOT / "functions" / "console" / "static" / "vendor",
    "tests": ROOT / "tests" / "console" / "vendor",
}


@dataclass(frozen=True)
class Library:
    """One file of an npm package, and where it is needed."""

    package: str
    version: str
    licence: str
    file: str
    name: str
    used_by: str
    sha256: str

    @property
    def path(self) -> Path:
        return FOLDERS[self.used_by] / self.name

    def is_the_same_as(self, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest() == self.sha256


def libraries() -> list[Library]:
    """The table."""
    return [Library(**row) for row in tomllib.loads(TABLE.read_text())["library"]]


def main() -> int:
    """1 when a file is not the one that the table names."""
    wanted = libraries()
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        packages = sorted({f"npm:{library.package}@{library.version}" for library in wanted})
        Path(scratch, "package.json").write_text("{}")
        subprocess.run(
            [Path(sys.executable).with_name("deno"), "install", "--quiet", "--node-modules-dir=auto", *packages],
            cwd=scratch,
            env={**os.environ, "DENO_DIR": f"{scratch}/cache", "DENO_NO_UPDATE_CHECK": "1"},
            check=True,
        )
        for library in wanted:
            content = Path(scratch, "node_modules", library.package, library.file).read_bytes()
            library.path.parent.mkdir(parents=True, exist_ok=True)
            library.path.write_bytes(content)
            if not library.is_the_same_as(content):
                faults += 1
                print(f"{library.name}: sha256 = {hashlib.sha256(content).hexdigest()}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
