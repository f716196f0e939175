"""A security key made of software: it answers as browsers hand its answers to our script (WebAuthn §5, §6)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, NEW = 0x01, 0x40
"""Flags: somebody touched the key; its public part follows."""


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class SecurityKey:
    origin: str
    """Where its browser is."""
    number: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    """How often it was used."""
    secret: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def copy(self) -> "SecurityKey":
        return SecurityKey(self.origin, self.number, self.count, self.secret)

    def create(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.create`."""
        point = self.secret.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        about = bytes(16) + len(self.number).to_bytes(2) + self.number + public
        data = self._data(options["rp"]["id"], PRESENT | NEW) + about
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attestation), "transports": ["usb"]})

    def get(self, options: dict[str, Any]) -> str:
        """Answer `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(options["rpId"], PRESENT), self._client("webauthn.get", options)
        signature = self.secret.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": None}
        )

    def _data(self, relying_party: str, flags: int) -> bytes:
        return hashlib.sha256(relying_party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps(
            {"id": text(self.number), "rawId": text(self.number), "type": "public-key", "response": response}
            | {"clientExtensionResults": {}}
        )
