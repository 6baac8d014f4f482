from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.local_certificate import lan_address, local_certificate, own_addresses

NOW_UTC = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_station_keeps_its_certificate_while_it_serves(tmp_path: Path) -> None:
    certificate, key = local_certificate(tmp_path, ("localhost", "127.0.0.1"), NOW_UTC)
    before = certificate.read_bytes()
    assert local_certificate(tmp_path, ("localhost",), NOW_UTC)[0].read_bytes() == before
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    assert key.stat().st_mode & 0o077 == 0


def test_a_new_address_or_a_coming_end_makes_a_new_certificate(tmp_path: Path) -> None:
    before = local_certificate(tmp_path, ("localhost",), NOW_UTC)[0].read_bytes()
    moved = local_certificate(tmp_path, ("localhost", "192.0.2.7"), NOW_UTC)[0].read_bytes()
    assert moved != before
    assert local_certificate(tmp_path, ("localhost",), NOW_UTC + timedelta(days=360))[0].read_bytes() != moved


def test_this_machine_is_always_reached_by_its_loopback_names() -> None:
    assert {"localhost", "127.0.0.1"} <= set(own_addresses())
    assert lan_address() in own_addresses()
