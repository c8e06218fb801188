"""`pytest --unused-rights`, for a run of all tests: it fails when the template gives a right that no test used.

`tests.rights` notes what each function uses; the workers of pytest-xdist hand it to the process that started them.
"""

from typing import Any

import pytest

from tests import rights


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--unused-rights", action="store_true", help="fail if the template gives a right that nobody used")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    rights.used.update(map(tuple, getattr(node, "workeroutput", {}).get("used_rights", ())))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["used_rights"] = sorted(rights.used)
    elif session.config.getoption("--unused-rights") and rights.unused():
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--unused-rights") and (unused := rights.unused()):
        terminalreporter.section("rights that no test used: template.yaml gives too much, or a test is missing")
        for right in unused:
            terminalreporter.line(right)
