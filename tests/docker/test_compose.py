"""What is asked of `docker compose`, and in which order; a script in its place notes it down."""

import json
import time
from pathlib import Path

import pytest

from localstack.compose import FILE, Compose
from localstack.gateway import config
from localstack.gateway.entities import Entities
from localstack.gateway.store import Store
from localstack.process import PartFailed
from localstack.settings import Settings

RUNNING = "ministack\nkafka\nkong\n"


class Docker:
    """Says what it is told to say about containers, and keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "asked"
        (folder / "ps").write_text(RUNNING)
        (folder / "code").write_text("0")
        script = folder / "docker"
        script.write_text(
            f'#!/bin/sh\necho "$@" >> {self._log}\n'
            f'case "$*" in *" ps "*--services*) cat {folder}/ps ;; *" ps "*) echo an-id ;;'
            f' inspect*) cat {folder}/code ;; *broken*) echo "no such image" >&2; exit 1 ;; esac\n'
        )
        script.chmod(0o755)
        self.folder = folder

    @property
    def asked(self) -> list[str]:
        """Without what every call names: the project, the file, the profiles."""
        calls = self._log.read_text().splitlines() if self._log.exists() else []
        return [call.partition("--profile localstack ")[2] or call for call in calls]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.delenv("LMS_STACK_DIR", raising=False)
    return Docker(tmp_path / "bin")


def compose(folder: Path, **environ: str) -> Compose:
    (folder / "stack").mkdir(exist_ok=True)
    environ = {"LMS_PLACE": "docker", "LMS_STACK_DIR": str(folder / "stack"), **environ}
    return Compose(Settings.from_environment(environ), lambda _: None)


def test_kong_starts_after_its_tables_and_routes_are_in_the_database(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).start_gateway("0a1b2c3d", "the-secret")
    assert docker.asked == [
        "up --detach --wait kong-database",
        "run --rm --no-deps -T kong-migrations",
        "run --rm --no-deps -T kong-config",
        "up --detach --wait --no-deps --force-recreate kong",
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
    document = config.load(tmp_path / "stack" / "kong" / "kong.json")
    routes = [route["id"] for route in document["services"][0]["routes"]]
    store = Store(":memory:")
    config.apply(document, Entities(store, time.time))
    assert all(store.get("routes", route) for route in routes)
    store.close()


def test_the_token_of_localstack_chooses_it(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).start_emulator()
    compose(tmp_path, LOCALSTACK_AUTH_TOKEN="a-token").start_emulator()
    assert docker.asked == ["up --detach --wait ministack", "up --detach --wait localstack"]


def test_the_emulator_stops_last_so_that_what_others_finish_is_kept(docker: Docker, tmp_path: Path) -> None:
    assert compose(tmp_path).stop() is True
    assert [call for call in docker.asked if call.startswith("stop")] == ["stop kafka kong", "stop ministack"]


def test_an_emulator_that_had_to_be_killed_did_not_stop_cleanly(docker: Docker, tmp_path: Path) -> None:
    (docker.folder / "code").write_text("137")
    assert compose(tmp_path).stop() is False


def test_without_an_emulator_nothing_was_stopped_cleanly(docker: Docker, tmp_path: Path) -> None:
    (docker.folder / "ps").write_text("")
    place = compose(tmp_path)
    assert (place.emulating(), place.stop()) == (False, False)
    assert not [call for call in docker.asked if call.startswith("stop")]


def test_the_disks_of_kafka_and_kong_go_with_their_containers(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).go_back(tmp_path / "saved")
    assert docker.asked == [
        "rm --stop --force --volumes kafka kong kong-database",
        "volume rm --force lms_kafka lms_kong",
    ]


def test_kongs_database_is_dumped_and_comes_back(docker: Docker, tmp_path: Path) -> None:
    compose(tmp_path).keep(tmp_path)
    assert (tmp_path / "kong.sql").exists()
    compose(tmp_path).go_back(tmp_path)
    assert [call for call in docker.asked if call.startswith(("up", "exec"))] == [
        "up --detach --wait kong-database",
        "exec -T kong-database pg_dump --username kong kong",
        "up --detach --wait kong-database",
        "exec -T kong-database psql --quiet --set ON_ERROR_STOP=1 --username kong kong",
    ]


def test_every_call_names_the_file_and_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "second")
    place = compose(tmp_path)
    assert place.command("ps")[:6] == ["docker", "compose", "--project-name", "second", "--file", str(FILE)]
    assert place.network == "second_default"


def test_a_refusal_is_told_in_dockers_words(docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "broken")
    with pytest.raises(PartFailed, match="no such image"):
        compose(tmp_path).start_broker()


def test_a_machine_without_docker_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartFailed, match="Docker is needed"):
        compose(tmp_path).start_emulator()
