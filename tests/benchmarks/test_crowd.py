"""A message to a class of a thousand, on an emulator of DynamoDB and SQS, the function dying on the way."""

import os
import subprocess
import sys

from operations.source import ROOT


def test_everybody_in_a_large_class_is_notified_once_although_the_function_dies_on_the_way() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd", "1200"],
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
    assert "a message to 1200 accepted" in done.stdout
    assert "the function dies within a slice" in done.stdout
    assert "the function dies after a slice" in done.stdout
    assert "each of 1200 reached once in the application, with one mail" in done.stdout
