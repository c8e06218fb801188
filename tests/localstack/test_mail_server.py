"""A real mail server in the place of the catcher (`LMS_SMTP_URL`)."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from localstack.mail_server import MailServer, MailServerRefused
from tests.notification.servers import free_port

SENDER = "lms@example.org"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """What a server named localhost shows, and the file by which clients trust it."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, private)
    return context, certificate


@pytest.fixture
def port(tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a server that wants STARTTLS, and the user lms with the password p@ss."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tls[1]))

    def authenticate(*given: Any) -> AuthResult:
        # Not handled: the server itself says what it means.
        return AuthResult(success=(given[-1].login, given[-1].password) == (b"lms", b"p@ss"), handled=False)

    options = {"tls_context": tls[0], "authenticator": authenticate, "auth_required": True}
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    yield controller.port
    controller.stop()


def test_a_server_is_named_by_one_address() -> None:
    server = MailServer.from_url("smtp://lms:p%40ss@mail.example.org", f"School <{SENDER}>")
    assert server == MailServer("mail.example.org", 587, "starttls", "lms", "p@ss", SENDER)
    assert "p@ss" not in repr(server)
    with_tls = MailServer.from_url("smtps://mail.example.org", SENDER)
    assert (with_tls.port, with_tls.security) == (465, "tls")
    here = MailServer.from_url("smtp://127.0.0.1:25", SENDER)
    assert (here.port, here.security) == (25, "none")


def test_a_server_that_takes_the_password_is_taken(port: int) -> None:
    assert MailServer.from_url(f"smtp://lms:p%40ss@localhost:{port}", SENDER).check() is None


def test_a_wrong_password_and_a_server_that_nobody_vouches_for_are_refused(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MailServerRefused):
        MailServer.from_url(f"smtp://lms:wrong@localhost:{port}", SENDER).check()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailServerRefused):
        MailServer.from_url(f"smtp://lms:p%40ss@localhost:{port}", SENDER).check()


def test_a_server_that_does_not_answer_is_waited_for() -> None:
    trouble = MailServer.from_url(f"smtp://localhost:{free_port()}", SENDER).check()
    assert trouble is not None
    assert "mails wait" in trouble
