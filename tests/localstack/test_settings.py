"""Which stack is which on one machine."""

import io
import socket

import pytest

from localstack import commands
from localstack.commands import CannotDo
from localstack.ports import PortTaken, refuse_taken
from localstack.settings import DEFAULT_PORTS, InvalidSetting, Settings


def test_without_variables_every_part_is_at_its_usual_port() -> None:
    assert Settings.from_environment({}).ports == DEFAULT_PORTS


def test_an_offset_shifts_every_port_so_that_two_stacks_share_none() -> None:
    first, second = Settings.from_environment({}), Settings.from_environment({"LMS_PORT_OFFSET": "100"})
    assert second.gateway == first.gateway + 100
    assert not set(first.ports.values()) & set(second.ports.values())


def test_a_port_that_is_named_is_not_shifted() -> None:
    settings = Settings.from_environment({"LMS_PORT_OFFSET": "100", "LMS_SMTP_PORT": "2525"})
    assert (settings.smtp, settings.mail) == (2525, 8125)


def test_a_part_reads_the_same_settings_from_the_environment_it_is_given() -> None:
    settings = Settings.from_environment({"LMS_PORT_OFFSET": "7", "LMS_STACK_DIR": ".stack/other"})
    again = Settings.from_environment(settings.environment())
    assert (again.ports, again.folder) == (settings.ports, settings.folder)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("LMS_GATEWAY_PORT", "many"), ("LMS_GATEWAY_PORT", "0"), ("LMS_PORT_OFFSET", "60000"), ("LMS_PORT_OFFSET", "x")],
)
def test_a_port_that_is_none_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match="LMS_"):
        Settings.from_environment({variable: value})


def test_two_parts_at_one_port_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="share a port"):
        Settings.from_environment({"LMS_MAIL_PORT": "8000"})


def test_a_taken_port_is_refused_with_the_part_that_needs_it_and_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        settings = Settings.from_environment({"LMS_PORT_OFFSET": "12000", "LMS_SMTP_PORT": str(taken)})
        with pytest.raises(PortTaken) as refusal:
            refuse_taken(settings)
    assert all(word in str(refusal.value) for word in (str(taken), "catcher", "LMS_SMTP_PORT", "LMS_PORT_OFFSET"))


def test_the_port_of_a_server_that_has_just_gone_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        connection, _ = server.accept()
    connection.close()
    client.close()
    refuse_taken(Settings.from_environment({"LMS_PORT_OFFSET": "12000", "LMS_SMTP_PORT": str(port)}))


def test_demo_data_that_nobody_makes_is_refused() -> None:
    assert Settings.from_environment({}).demo == "full"
    with pytest.raises(InvalidSetting, match="LMS_DEMO must be one of none, people, full"):
        Settings.from_environment({"LMS_DEMO": "some"})


def test_only_the_gateway_is_opened_to_the_network() -> None:
    settings = Settings.from_environment({"LMS_HOST": "0.0.0.0"})
    assert (settings.host, settings.is_open, settings.gateway_url) == ("0.0.0.0", True, "http://127.0.0.1:8000")
    assert "127.0.0.1" not in settings.public_url
    assert "//127.0.0.1:" in settings.mail_url
    assert not Settings.from_environment({}).is_open


def test_a_server_in_front_with_a_name_of_its_own_opens_it_too() -> None:
    settings = Settings.from_environment({"LMS_PUBLIC_URL": "https://lms.example.org"})
    assert (settings.host, settings.is_open, settings.behind_proxy) == ("127.0.0.1", True, True)
    assert Settings.from_environment(settings.environment()).public_url == "https://lms.example.org"


@pytest.mark.parametrize(
    "wrong",
    [
        {"LMS_HOST": "everywhere"},
        {"LMS_HOST": "::"},
        {"LMS_HOST": "0.0.0.0", "LMS_ENVIRONMENT": "docker"},
        {"LMS_PUBLIC_URL": "lms.example.org"},
        {"LMS_PUBLIC_URL": "https://lms.example.org/lms"},
        {"LMS_SMTP_URL": "mail.example.org", "LMS_MAIL_FROM": "lms@example.org"},
        {"LMS_SMTP_URL": "smtp://mail.example.org:x", "LMS_MAIL_FROM": "lms@example.org"},
        {"LMS_SMTP_URL": "smtp://lms@mail.example.org", "LMS_MAIL_FROM": "lms@example.org"},
        {"LMS_SMTP_URL": "smtp://mail.example.org"},
        {"LMS_SMTP_URL": "smtp://mail.example.org", "LMS_MAIL_FROM": "lms@example.org", "LMS_DEMO": "people"},
    ],
)
def test_what_cannot_be_meant_is_refused_and_no_password_is_shown(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidSetting, match="LMS_") as refused:
        Settings.from_environment(wrong)
    assert "lms@mail" not in str(refused.value)


def test_demo_people_of_an_open_stack_need_a_password_that_no_document_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CannotDo, match="LMS_DEMO_PASSWORD"):
        commands.with_own_password(Settings.from_environment({"LMS_HOST": "0.0.0.0"}))


def test_on_a_terminal_the_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    settings = Settings.from_environment({"LMS_HOST": "0.0.0.0"})
    for typed in (["short"], [settings.demo_password], ["a-long-Walk-7", "a-long-Walk-8"]):
        answers = iter(typed)
        monkeypatch.setattr("getpass.getpass", lambda _, answers=answers: next(answers))
        with pytest.raises(CannotDo):
            commands.with_own_password(settings)
    monkeypatch.setattr("getpass.getpass", lambda _: "a-long-Walk-7")
    assert commands.with_own_password(settings).demo_password == "a-long-Walk-7"
