"""What docker-compose.yml says, held against itself and against what the rest of the project expects of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from localstack import emulator, processes
from localstack.compose import DATA, FILE, Compose
from localstack.settings import DEFAULT_PORTS, Settings
from operations.source import ROOT

TEXT = FILE.read_text()
DOCUMENT = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
TASKS = {"kong-migrations", "kong-config"}
_DEFAULTED = re.compile(r"\$\{(\w+):-([^}]*)\}")


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment({"LMS_ENVIRONMENT": "docker"})


def listening(service: dict[str, Any]) -> set[int]:
    """Ports inside the container that are published."""
    ports = [_DEFAULTED.sub(r"\2", port) for port in service.get("ports", ())]
    return {int(port.rpartition(":")[2]) for port in ports}


def variables(service: dict[str, Any]) -> dict[str, str]:
    return {name: _DEFAULTED.sub(r"\2", str(value)) for name, value in service.get("environment", {}).items()}


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_one_release(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?", SERVICES[name]["image"])


def test_the_emulator_is_the_release_that_is_installed_without_docker() -> None:
    version = re.search(r"^ministack==(\S+)", emulator.LOCK.read_text(), re.MULTILINE)
    assert version
    assert SERVICES["ministack"]["image"] == f"ministackorg/ministack:{version[1]}-full"


def test_every_port_is_published_on_this_machine_alone_where_the_settings_say() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    # Either emulator.
    assert len(set(published)) == len(DEFAULT_PORTS)
    for port in set(published):
        found = re.match(r"127\.0\.0\.1:\$\{LMS_(\w+)_PORT:-(\d+)\}:", port)
        assert found, port
        assert DEFAULT_PORTS[found[1].lower()] == int(found[2])


def test_every_variable_is_given_by_the_command_or_has_a_default(settings: Settings) -> None:
    assert len(re.findall(r"\$\{", TEXT)) == len(_DEFAULTED.findall(TEXT))
    given = Compose(settings, print).environment().keys() | {"LOCALSTACK_AUTH_TOKEN", "COMPOSE_PROJECT_NAME"}
    assert {name for name, _ in _DEFAULTED.findall(TEXT)} <= given


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - TASKS))
def test_what_keeps_running_reports_its_health_and_has_time_for_it(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert (check["timeout"], check["retries"]) == ("10s", 60)


@pytest.mark.parametrize("name", SERVICES)
def test_docker_brings_back_what_keeps_its_data_on_disk_and_nothing_else(name: str) -> None:
    memory_or_task = name in {"ministack", "localstack", *TASKS}
    assert SERVICES[name].get("restart", "no") == ("no" if memory_or_task else "on-failure:5")


def test_what_waits_for_another_waits_for_what_that_can_become() -> None:
    waits = {
        (waiting, awaited): how["condition"]
        for waiting, service in SERVICES.items()
        for awaited, how in service.get("depends_on", {}).items()
    }
    assert waits == {
        ("kong-migrations", "kong-database"): "service_healthy",
        ("kong-config", "kong-migrations"): "service_completed_successfully",
        ("kong", "kong-config"): "service_completed_successfully",
    }


def test_volumes_and_networks_are_declared_and_used() -> None:
    mounts = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert {name for name in mounts if name.isidentifier()} == DOCUMENT["volumes"].keys()
    networks = {name for service in SERVICES.values() for name in service.get("networks", ["default"])}
    assert networks == DOCUMENT["networks"].keys()


def test_the_database_without_a_password_is_reached_by_kong_alone() -> None:
    inside = {name for name, service in SERVICES.items() if "kong-database" in service.get("networks", ())}
    assert inside == {"kong-database", "kong", *TASKS}
    assert DOCUMENT["networks"]["kong-database"] == {"internal": True}
    assert "ports" not in SERVICES["kong-database"]


@pytest.mark.parametrize("address", ["kong_admin_url", "bootstrap_servers", "twilio_url", "emulator_url"])
def test_functions_know_where_a_service_listens(settings: Settings, address: str) -> None:
    host, port = getattr(Compose(settings, print).neighbours, address).removeprefix("http://").split(":")
    if host == "kafka":
        assert f"FUNCTIONS://{host}:{port}," in variables(SERVICES[host])["KAFKA_ADVERTISED_LISTENERS"]
    else:
        assert int(port) in listening(SERVICES[host])


def test_mails_go_where_mailpit_listens(settings: Settings) -> None:
    neighbours = Compose(settings, print).neighbours
    assert neighbours.smtp_port in listening(SERVICES[neighbours.smtp_host])


def test_kafka_advertises_its_published_port_to_this_machine() -> None:
    advertised = variables(SERVICES["kafka"])["KAFKA_ADVERTISED_LISTENERS"]
    assert f"HOST://127.0.0.1:{DEFAULT_PORTS['broker']}" in advertised


def test_both_emulators_answer_on_the_same_address() -> None:
    assert SERVICES["ministack"]["ports"] == SERVICES["localstack"]["ports"]
    assert variables(SERVICES["localstack"])["GATEWAY_LISTEN"] == "0.0.0.0:4566"


def test_localstacks_functions_join_the_network_in_which_their_neighbours_are(settings: Settings) -> None:
    containers = Compose(settings, print)
    network = SERVICES["localstack"]["environment"]["LAMBDA_DOCKER_NETWORK"]
    project = containers.environment()["COMPOSE_PROJECT_NAME"]
    assert network.replace("${COMPOSE_PROJECT_NAME:-lms}", project) == containers.network == f"{project}_default"


def test_the_emulator_is_set_up_as_without_docker(settings: Settings) -> None:
    """But for its folders, and for what is a process's rather than a container's."""
    own = {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "BIND_HOST", "PYTHONUNBUFFERED"}
    embedded = {name: value for name, value in emulator.environment(settings).items() if name not in own}
    here = str(settings.folder / "emulator")
    container = variables(SERVICES["ministack"])
    assert {name: value.replace(here, str(DATA)) for name, value in embedded.items()}.items() <= container.items()


def test_the_layer_is_seen_where_functions_look_for_it(settings: Settings) -> None:
    folder = settings.folder.relative_to(ROOT)
    assert f"${{LMS_STACK_DIR:-../{folder}}}/emulator:{DATA}" in SERVICES["ministack"]["volumes"]


def test_kong_refuses_large_bodies_as_its_stand_in_does() -> None:
    assert (
        variables(SERVICES["kong"])["KONG_NGINX_PROXY_CLIENT_MAX_BODY_SIZE"] == f"{processes.MAX_BODY_BYTES // 1024}k"
    )


def test_what_kong_imports_is_written_before() -> None:
    (mount,) = SERVICES["kong-config"]["volumes"]
    source, target, mode = _DEFAULTED.sub("STACK", mount).split(":")
    assert (Path(source), mode) == (Path("STACK/kong/kong.json"), "ro")
    assert SERVICES["kong-config"]["command"][-1].endswith(f"kong config db_import {target}")
