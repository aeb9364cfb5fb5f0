"""With which keys and certificates do the servers of the tests speak? Made anew for each run."""

from __future__ import annotations

import datetime
import ipaddress
import secrets
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PEM, PKCS8, BARE = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()


def application_keys() -> tuple[str, str]:
    """A private key (PKCS#8 PEM) and its public key (PEM)."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    public = key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(PEM, PKCS8, BARE).decode(), public.decode()


def own_certificate(ca_file: Path) -> ssl.SSLContext:
    """A server's TLS context with a certificate for 127.0.0.1 that is its own authority, written to `ca_file`."""
    key = ec.generate_private_key(ec.SECP256R1())
    key_file = ca_file.with_name("key.pem")
    key_file.write_bytes(key.private_bytes(PEM, PKCS8, BARE))
    ca_file.write_bytes(_certificate(key).public_bytes(PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ca_file, key_file)
    return context


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    # Of two authorities with one name only the first would be looked at.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"gateway of the tests {secrets.token_hex(4)}")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    today, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    building = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), today - day, today + day)
    building = building.add_extension(names, critical=False)
    return building.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
