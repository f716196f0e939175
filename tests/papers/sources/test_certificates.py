"""Sources are believed only with a certificate that somebody vouches for."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from papers.sources import http
from tests.standins.serving import Reply, Request, Standin


class Encrypted(Standin):
    """Answers over TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def answer(self, request: Request) -> Reply:
        return Reply(200, b"hello")


@pytest.fixture
def own_certificate(tmp_path: Path) -> Path:
    """For 127.0.0.1, signed by itself; with its key."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(address, critical=True).sign(key, SHA256())
    file = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return file


def test_every_client_refuses_a_certificate_that_nobody_vouches_for(own_certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    with Encrypted(context) as standin:
        address = standin.url.replace("http:", "https:")
        for _ in range(2):
            with http.client() as client, pytest.raises(http.Transient, match="certificate verify failed"):
                http.fetch(client, "GET", address, max_bytes=1000, deadline_s=60)

        assert standin.requests == []
