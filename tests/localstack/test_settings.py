"""Which stack is which on one machine."""

import socket

import pytest

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
