"""The README's tour, as printed."""

import os
import re
import subprocess

import pytest

from operations.source import ROOT
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


def test_the_tour_of_the_readme_works_as_printed(school: StackUnderTest) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 12
    script = "\n".join(blocks)
    for printed, here in (
        ("http://127.0.0.1:8000", school.settings.gateway_url),
        ("http://127.0.0.1:8025", school.settings.mail_url),
    ):
        assert printed in script
        script = script.replace(printed, here)
    # A proxy of the developer's knows nothing of this machine.
    own = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"], input=script, env=own, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"message":"Your new password is set. You can sign in with it now."' in done.stdout
    assert "}401\n" in done.stdout
    assert done.stdout.count('"username":"amina"') == 2
    assert '"status": 403' in done.stdout or '"message":"You cannot consume this service"' in done.stdout
    assert done.stdout.count("'githubRepoLink': None") == 1
    assert done.stdout.count("'githubRepoLink': 'https://github.com/") == 1
    assert "}Streaming answers\n" in done.stdout
    assert '"score":100' in done.stdout
    assert '"grade":"A"' in done.stdout
    assert '"Payment":"Unpaid"' in done.stdout
    assert done.stdout.endswith("}Paid\n")
