"""A certificate of this station's own, so that a phone on the same network gets https, which its camera needs.

Nobody vouches for it: the browser warns once. A warehouse installs one that its devices trust, at the same place.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

VALID_DAYS = 365


def own_addresses() -> tuple[str, ...]:
    """This machine's names and addresses in its network; nothing is sent to find them out."""
    names = {socket.gethostname(), "localhost", "127.0.0.1"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Choosing a peer of a datagram socket sends nothing; it only makes the system pick the way out.
            probe.connect(("192.0.2.1", 9))
            names.add(probe.getsockname()[0])
        except OSError:
            pass
    return tuple(sorted(names))


def lan_address() -> str:
    """The address at which others on the network find this machine; its loopback address where there is no network."""
    numeric = (address for address in own_addresses() if address.replace(".", "").isdigit())
    return next((address for address in numeric if not address.startswith("127.")), "127.0.0.1")


def local_certificate(folder: Path, addresses: tuple[str, ...], now_utc: datetime) -> tuple[Path, Path]:
    """The certificate and its key as PEM files in `folder`; made when there is none, or it no longer serves.

    Args:
        addresses: names and IP addresses that it must be good for.
    """
    certificate_path, key_path = folder / "station.crt", folder / "station.key"
    if certificate_path.exists() and key_path.exists() and _serves(certificate_path, addresses, now_utc):
        return certificate_path, key_path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Floorhand station")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now_utc - timedelta(days=1))
        .not_valid_after(now_utc + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(address) for address in addresses]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private)
    certificate_path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate_path, key_path


def _serves(path: Path, addresses: tuple[str, ...], now_utc: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    good_for = {str(name.value) for name in names}
    return set(addresses) <= good_for and now_utc + timedelta(days=7) < certificate.not_valid_after_utc


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)
