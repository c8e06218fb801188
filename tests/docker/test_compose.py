"""What is asked of `docker compose`, and in which order; a script in its place notes it down."""

import argparse
import json
import time
from pathlib import Path

import pytest

from localstack import commands
from localstack.compose import FILE, Compose
from localstack.gateway.config import configure
from localstack.gateway.consumers import Consumers
from localstack.gateway.plugins.base import Surroundings
from localstack.process import ProcessFailed
from localstack.settings import Settings
from localstack.supervisor import FoundationLost
from operations.kong.declarative import load

RUNNING = ("ministack", "kafka", "kong")


class Docker:
    """Says what it is to say about containers, and keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "asked"
        self.folder = folder
        self.containers(**dict.fromkeys(RUNNING, "running"))
        self.says(code="0", health="running 0 0 healthy", images="0", logs="")
        script = folder / "docker"
        script.write_text(
            f'#!/bin/sh\ncd {folder}\necho "$@" >> {self._log}\n'
            'case "$*" in *broken*) echo "no such image" >&2; exit 1 ;;'
            ' "ps "*) cat ps ;; *" ps "*) echo an-id ;; *ExitCode}}" "an-id) cat code ;; inspect*) cat health ;;'
            ' "image inspect"*) exit $(cat images) ;; logs*) cat logs >&2 ;; esac\n'
        )
        script.chmod(0o755)

    def containers(self, **states: str) -> None:
        """What `docker ps` lists: by service a state and, after a comma, the sentence about it."""
        rows = (f"{name.replace('_', '-')}\t{how.partition(',')[0]}\t{how}" for name, how in states.items())
        (self.folder / "ps").write_text("\n".join(rows) + "\n")

    def says(self, **answers: str) -> None:
        for name, answer in answers.items():
            (self.folder / name).write_text(answer)

    @property
    def asked(self) -> list[str]:
        """Without what every call names: the project, the file, the profiles."""
        calls = self._log.read_text().splitlines() if self._log.exists() else []
        return [call.partition("--profile localstack ")[2] or call for call in calls]

    @property
    def done(self) -> list[str]:
        """What was asked that changes something."""
        return [call for call in self.asked if not call.startswith(("ps ", "inspect ", "logs ", "image inspect "))]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.delenv("LMS_STACK_DIR", raising=False)
    return Docker(tmp_path / "bin")


def compose(folder: Path, reported: list[str] | None = None, **environ: str) -> Compose:
    (folder / "stack").mkdir(exist_ok=True)
    environ = {"LMS_ENVIRONMENT": "docker", "LMS_STACK_DIR": str(folder / "stack"), **environ}
    return Compose(Settings.from_environment(environ), (reported if reported is not None else []).append)


def test_kong_starts_after_its_tables_and_routes_are_in_the_database(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).start_gateway("0a1b2c3d", "the-secret")
    assert docker.done == [
        "up --detach --no-deps kong-database",
        "run --rm --no-deps -T kong-migrations",
        "run --rm --no-deps -T kong-config",
        "rm --stop --force --volumes kong",
        "up --detach --no-deps kong",
    ]


def test_the_file_that_kong_imports_names_the_api_and_the_secret(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path, LMS_EMULATOR_PORT="4666").start_gateway("0a1b2c3d", "the-secret")
    (service,) = json.loads((tmp_path / "stack" / "kong" / "kong.json").read_text())["services"]
    assert service["url"] == "http://ministack:4666/_aws/execute-api/0a1b2c3d/"
    assert "X-Gateway-Secret:the-secret" in service["plugins"][0]["config"]["add"]["headers"]
    assert (tmp_path / "stack" / "kong").stat().st_mode & 0o777 == 0o700


def test_an_import_changes_what_the_one_before_made(docker: Docker, tmp_path: Path) -> None:
    """Kong's database takes no second plugin of a route: ids must be there, and the same each time."""
    ids = []
    for secret in ("first", "second"):
        compose(tmp_path).start_gateway("0a1b2c3d", secret)
        ids.append(_ids(json.loads((tmp_path / "stack" / "kong" / "kong.json").read_text())))
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])
    assert None not in ids[0]


def _ids(parent: dict) -> list[str | None]:
    children = [child for kind in ("services", "routes", "plugins") for child in parent.get(kind, ())]
    return [found for child in children for found in (child.get("id"), *_ids(child))]


def test_the_stand_in_for_kong_takes_what_kong_imports(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).start_gateway("0a1b2c3d", "the-secret")
    document = load(tmp_path / "stack" / "kong" / "kong.json")
    consumers = Consumers(tmp_path / "gateway.sqlite")
    taken = configure(document, Surroundings(consumers, time.time))
    assert len(taken.routes) == len(document["services"][0]["routes"])
    consumers.close()


def test_the_token_of_localstack_chooses_it(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).start_emulator()
    compose(tmp_path, LOCALSTACK_AUTH_TOKEN="a-token").start_emulator()
    assert docker.done == ["up --detach --no-deps ministack", "up --detach --no-deps localstack"]


def test_the_emulator_stops_last_so_that_what_others_finish_is_kept(docker: Docker, tmp_path: Path) -> None:
    assert compose(tmp_path).stop() is True
    assert [call for call in docker.asked if call.startswith("stop")] == ["stop kong kafka", "stop ministack"]


def test_an_emulator_that_had_to_be_killed_did_not_stop_cleanly(docker: Docker, tmp_path: Path) -> None:
    docker.says(code="137")
    assert compose(tmp_path).stop() is False


def test_without_an_emulator_the_rest_is_stopped_but_not_cleanly(docker: Docker, tmp_path: Path) -> None:
    docker.containers(ministack="exited", kafka="running", kong="restarting")
    assert compose(tmp_path).stop() is False
    assert docker.done == ["stop kong kafka"]


def test_the_disks_of_kafka_and_kong_go_with_their_containers(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).go_back(tmp_path / "saved")
    name = compose(tmp_path).network.removesuffix("_default")
    assert docker.done == [
        "rm --stop --force --volumes kafka kong kong-database",
        f"volume rm --force {name}_kafka {name}_kong",
    ]


def test_kongs_database_is_dumped_and_comes_back(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).keep(tmp_path)
    assert (tmp_path / "kong.sql").exists()
    compose(tmp_path).go_back(tmp_path)
    assert [call for call in docker.done if call.startswith(("up", "exec"))] == [
        "up --detach --no-deps kong-database",
        "exec -T kong-database pg_dump --host 127.0.0.1 --username kong kong",
        "up --detach --no-deps kong-database",
        "exec -T kong-database psql --quiet --set ON_ERROR_STOP=1 --host 127.0.0.1 --username kong kong",
    ]


def test_every_call_names_the_file_and_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "second")
    containers = compose(tmp_path)
    assert containers.command("ps")[:6] == ["docker", "compose", "--project-name", "second", "--file", str(FILE)]
    assert containers.network == "second_default"


def test_a_refusal_is_reported_in_dockers_words(
    docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "broken")
    with pytest.raises(ProcessFailed, match="no such image"):
        compose(tmp_path).start_broker()


def test_a_machine_without_docker_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProcessFailed, match="Docker is needed"):
        compose(tmp_path).start_emulator()


def test_each_folder_has_containers_and_volumes_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    names = {compose(tmp_path, LMS_STACK_DIR=str(tmp_path / name)).network for name in ("stack", "other")}
    assert len(names) == 2
    assert names == {compose(tmp_path, LMS_STACK_DIR=str(tmp_path / name)).network for name in ("stack", "other")}


def test_a_container_that_ends_at_its_start_is_reported_at_once_with_its_code_and_log(
    docker: Docker, tmp_path: Path
) -> None:
    docker.says(health="exited 3 0", logs="no such disk")
    with pytest.raises(ProcessFailed, match=r"(?s)kafka ended at its start \(exit code 3\).*no such disk"):
        compose(tmp_path).start_broker()


def test_a_container_whose_health_fails_is_reported_with_its_log(docker: Docker, tmp_path: Path) -> None:
    docker.says(health="running 0 0 unhealthy", logs="still thinking")
    with pytest.raises(ProcessFailed, match=r"(?s)kafka runs but is not healthy.*still thinking"):
        compose(tmp_path).start_broker()


def test_images_that_are_pulled_are_reported_and_those_that_are_there_are_not(docker: Docker, tmp_path: Path) -> None:
    reported: list[str] = []
    compose(tmp_path, reported).prepare()
    assert reported == []
    docker.says(images="1")
    compose(tmp_path, reported).prepare()
    assert "pulling kong:3.9.1 (once)" in reported
    assert not any("localstack/" in line for line in reported)
    assert "pull --quiet apache/kafka:4.1.1" in docker.done


@pytest.mark.parametrize(
    ("refused", "reported"), [("version", "Docker does not answer"), ("compose", "Compose plugin")]
)
def test_what_is_missing_of_docker_is_reported_before_anything_is_started(
    docker: Docker, tmp_path: Path, refused: str, reported: str
) -> None:
    script = docker.folder / "docker"
    script.write_text(script.read_text().replace('case "$*" in', f'case "$*" in {refused}*) echo no >&2; exit 1 ;;'))
    with pytest.raises(ProcessFailed, match=reported):
        compose(tmp_path).prepare()


def looking(containers: Compose) -> None:
    containers._looked = 0.0
    containers.look()


def test_what_died_is_started_again_and_the_reason_reported(docker: Docker, tmp_path: Path) -> None:
    reported: list[str] = []
    every = dict.fromkeys(("ministack", "kafka", "mailpit", "sms", "kong_database"), "running")
    docker.containers(**every, kong="exited, (137) 2 seconds ago")
    looking(compose(tmp_path, reported))
    assert docker.done == ["up --detach --no-deps kong"]
    assert reported[0] == "kong died (exited, (137) 2 seconds ago); starting it again"


def test_the_emulators_death_is_the_whole_stacks(docker: Docker, tmp_path: Path) -> None:
    docker.containers(ministack="exited", kafka="running")
    with pytest.raises(FoundationLost, match="ministack died"):
        looking(compose(tmp_path))
    assert docker.done == []


def test_down_stops_what_outlived_the_emulator_and_reset_forgets_it(
    docker: Docker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker.containers(ministack="exited", kafka="running")
    settings = compose(tmp_path)._settings
    commands.down(settings, argparse.Namespace())
    assert capsys.readouterr().out == "Stopped what was left: kafka.\n"
    assert docker.done == ["stop kafka"]
    commands.reset(settings, argparse.Namespace())
    assert docker.done[-1] == "down --volumes --remove-orphans"


def test_status_lists_each_container_and_is_no_success_while_one_is_missing(
    docker: Docker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker.containers(ministack="running, (healthy)", kong="exited, (137)")
    assert commands.status(compose(tmp_path)._settings, argparse.Namespace()) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("kong ") and "(137)" in line and "8000" in line for line in lines)
    assert any(line.startswith("kafka ") and "down" in line for line in lines)


def test_sam_is_refused_beside_the_embedded_stack_by_the_name_of_the_place_that_it_reaches() -> None:
    with pytest.raises(commands.CannotDo, match="LMS_ENVIRONMENT=docker make sam"):
        commands.sam(Settings.from_environment({}), argparse.Namespace())
