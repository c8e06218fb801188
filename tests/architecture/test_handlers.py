"""Each handler starts with what its deployment gives it, and takes nothing that would slow its start."""

import ast
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from operations.aws_build import Target, misfits
from operations.source import ROOT
from tests.architecture.conftest import Imported
from tests.architecture.deployed import (
    API_FUNCTIONS,
    FUNCTIONS,
    RUNTIME_ENVIRONMENT,
    environment,
    package,
    variables,
)

every_function = pytest.mark.parametrize("function", FUNCTIONS)


@every_function
def test_a_handler_imports_with_its_zip_the_layer_and_the_templates_environment(
    imported: dict[str, Imported], function: str
) -> None:
    assert not imported[function].failure


@every_function
def test_a_zip_holds_its_own_package_and_what_that_requires(artifacts: dict[str, Path], function: str) -> None:
    own = package(function)
    required = ROOT / "functions" / own / "requirements.txt"
    brought = {
        "auth": {"email_validator", "zxcvbn"},
        "exchange": {"bs4", "lxml", "markdown_it", "markdownify", "mdurl", "soupsieve"},
        "institute": {"email_validator", "icalendar"},
        "outbox_relay": {"kafka"},
        "portal": {"flask_swagger_ui"},
    }.get(own, set())
    packages = {path.parent.name for path in artifacts[function].glob("*/__init__.py")}
    assert packages == {own, *brought}
    assert required.exists() == bool(brought)
    assert not list(artifacts[function].rglob("*.py[co]")) or list(artifacts[function].rglob("__pycache__"))


@every_function
def test_every_setting_that_a_function_may_read_is_in_its_environment(
    imported: dict[str, Imported], function: str
) -> None:
    assert _read(imported[function], package(function)) <= {*RUNTIME_ENVIRONMENT, *environment(function)}


@every_function
def test_a_function_is_given_no_secret_that_it_does_not_read(imported: dict[str, Imported], function: str) -> None:
    given = {name for name, value in variables(function).items() if "resolve:secretsmanager" in str(value)}
    assert given <= _read(imported[function], package(function))


def _read(imported: Imported, own: str) -> set[str]:
    """The variables that the modules read which a function took of its own package and of the layer's."""
    files = [file for name, file in imported.modules.items() if file and name.partition(".")[0] in (own, "lms")]
    return set().union(*map(_settings, files))


@cache
def _settings(file: str) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(Path(file).read_text())):
        match node:
            case ast.Call(func=ast.Name(id="setting" | "secret"), args=[ast.Constant(value=str(name))]):
                found.add(name)
            case ast.Call(func=ast.Name(id="table_name"), args=[ast.Constant(value=str(name))]):
                found.add(f"{name.upper()}_TABLE")
    return frozenset(found)


@every_function
def test_no_function_takes_boto3_or_what_only_tests_need(imported: dict[str, Imported], function: str) -> None:
    assert not [m for m in ("boto3", "moto", "hypothesis", "pytest", "httpx") if imported[function].took(m)]


@every_function
def test_kafka_is_taken_by_the_relay_alone(imported: dict[str, Imported], function: str) -> None:
    assert imported[function].took("kafka") == (package(function) == "outbox_relay")


@every_function
def test_calendars_are_written_by_a_request_for_one_alone(imported: dict[str, Imported], function: str) -> None:
    assert not imported[function].took("icalendar")


@every_function
def test_smtp_is_taken_by_delivery_alone(imported: dict[str, Imported], function: str) -> None:
    assert imported[function].took("aiosmtplib") == (function == "NotificationDeliveryFunction")


@every_function
def test_a_web_framework_is_taken_by_functions_behind_the_api_alone(
    imported: dict[str, Imported], function: str
) -> None:
    assert imported[function].took("mangum") == (function in API_FUNCTIONS)


@every_function
def test_what_the_web_needs_is_taken_by_functions_behind_the_api_alone(
    imported: dict[str, Imported], function: str
) -> None:
    if function not in API_FUNCTIONS:
        assert not [m for m in ("fastapi", "starlette", "anyio", "opentelemetry") if imported[function].took(m)]


@every_function
def test_tokens_are_checked_and_signed_by_auth_and_functions_behind_the_api_alone(
    imported: dict[str, Imported], function: str
) -> None:
    if function not in API_FUNCTIONS and package(function) != "auth":
        assert not imported[function].took("jose")


@every_function
def test_passwords_and_addresses_are_checked_by_auth_alone(imported: dict[str, Imported], function: str) -> None:
    if package(function) != "auth" or function == "AuthConsumerFunction":
        assert not [m for m in ("argon2", "passlib") if imported[function].took(m)]
    # FastAPI takes it for its description of OpenAPI, wherever it is installed.
    operations = ("AuthOperationsFunction", "InstituteOperationsFunction")
    if function not in ("AuthFunction", "InstituteFunction", "AuthInternalFunction", *operations):
        assert not imported[function].took("email_validator")


@every_function
def test_common_passwords_are_not_read_at_a_start(imported: dict[str, Imported], function: str) -> None:
    assert not imported[function].took("zxcvbn")


@every_function
def test_models_are_built_when_they_are_first_used_fastapis_own_too(
    imported: dict[str, Imported], function: str
) -> None:
    # FastAPI makes an object of two to say how callers are known, pydantic builds a generic one when it is given its
    # type; the rest are somebody's default.
    fastapis = {f"fastapi.openapi.models.{name}" for name in ("OAuth2", "OAuthFlows")}
    own = {"exchange.items.Choice", "lms.pages.Page", "program.schemas.Enroll", "student.rules.Progress"}
    assert {model.partition("[")[0] for model in imported[function].built} <= own | fastapis


@every_function
def test_a_start_takes_no_classes_of_other_functions_triggers(imported: dict[str, Imported], function: str) -> None:
    assert not imported[function].took("aws_lambda_powertools.utilities.data_classes")


@every_function
def test_a_start_collects_nothing(imported: dict[str, Imported], function: str) -> None:
    # With Python's own threshold it is 150 to 500 times.
    assert imported[function].collections == 0


@every_function
def test_the_relay_takes_no_models(imported: dict[str, Imported], function: str) -> None:
    # The one that makes the topics reads their names in the events.
    without = ("OutboxRelayFunction", "OutboxSweepFunction")
    assert imported[function].took("pydantic") == (function not in without)


@every_function
def test_cryptography_is_taken_by_auth_and_functions_behind_the_api_alone(
    imported: dict[str, Imported], function: str
) -> None:
    if function not in API_FUNCTIONS and package(function) != "auth":
        assert not imported[function].took("cryptography")


def test_the_question_bank_is_not_read_at_the_start_of_exams_consumer(imported: dict[str, Imported]) -> None:
    assert not imported["ExamConsumerFunction"].took("exam.service.bank")


def test_a_function_without_a_package_is_not_built() -> None:
    done = subprocess.run(
        ["make", "-C", str(ROOT / "functions"), "build-UnheardOfFunction", "ARTIFACTS_DIR=unused"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "no package under functions/ is named like UnheardOfFunction" in done.stderr


def test_the_zips_hold_binaries_of_their_target_alone_and_all_byte_code(
    artifacts: dict[str, Path],
) -> None:
    machine = platform.machine()
    here = Target("arm64" if machine == "aarch64" else machine, f"{sys.version_info.major}.{sys.version_info.minor}")
    for folder in artifacts.values():
        assert not list(misfits(folder, here))
