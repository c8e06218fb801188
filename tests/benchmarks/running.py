"""Benchmarks as `make` runs them: in a process of their own, without a developer's settings."""

import os
import subprocess
import sys

from operations.source import ROOT


def output_of(module: str, *arguments: str) -> str:
    """What a benchmark prints; it has to succeed."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LMS_"))},
            "PYTHONPATH": os.pathsep.join(["functions", "layers/shared"]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
