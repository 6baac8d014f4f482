"""Cables to printers: python-escpos opens them and carries bytes; time limits and the reading of answers are ours.

python-escpos calls a job printed that a dead printer swallowed, and its own status answers cannot be trusted after a
time-out. So a cable lives for one job, and what comes back is judged by `escpos_talk` and `zpl_talk`.

It is loaded when the first cable is opened, on the printer's thread: it would be a fifth of a station's start.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

CHUNK_BYTES = 4096
POLL_S = 0.05


class Cable(Protocol):
    """One open connection. Every failure is an OSError."""

    def send(self, data: bytes, *, within_s: float) -> None:
        """Hand all bytes over.

        Raises:
            OSError: not all of them went; some may have.
        """

    def receive(self, *, within_s: float) -> bytes:
        """What comes next, at least one byte; `b""` when nothing came in time.

        Raises:
            OSError: the other end is gone.
        """

    def close(self) -> None: ...


# Opens a cable or raises OSError; the number is how many seconds it may take.
CableOpener = Callable[[float], Cable]


def network(host: str, port: int = 9100) -> CableOpener:
    """A printer on the network, by raw TCP over IPv4 or IPv6."""

    def opened(within_s: float) -> Cable:
        from escpos.printer import Network

        connector = Network(host, port)
        # Its own `open` knows no IPv6 and leaks a socket whenever a printer is away.
        connector.device = socket.create_connection((host, port), timeout=within_s)
        return _SocketCable(connector)

    return opened


def serial(device_path: str, *, baud: int = 9600, dsrdtr: bool = False) -> CableOpener:
    """A printer on a serial line, 8N1."""

    def opened(_: float) -> Cable:
        from escpos.printer import Serial

        line = Serial(device_path, baudrate=baud, timeout=POLL_S, dsrdtr=dsrdtr)
        return _PolledCable(_opened(line), _read_serial)

    return opened


def usb(vendor_id: int, product_id: int, *, in_endpoint: int = 0x82, out_endpoint: int = 0x01) -> CableOpener:
    """A printer on USB, by its numbers."""

    def opened(within_s: float) -> Cable:
        from escpos.printer import Usb

        timeout_ms = int(within_s * 1000)
        found = Usb(vendor_id, product_id, timeout=timeout_ms, in_ep=in_endpoint, out_ep=out_endpoint)
        return _PolledCable(_opened(found), _read_usb)

    return opened


def device_file(path: str) -> CableOpener:
    """A printer behind a device file such as /dev/usb/lp0, readable as well: without answers no label counts."""
    return lambda _: _FileCable(path)


def _opened(connector: Any) -> Any:
    """Open, with every failure as the OSError that caused it, where one did."""
    from escpos.exceptions import Error as EscposError

    try:
        connector.open()
    except EscposError as why:
        if isinstance(why.__context__, OSError):
            raise why.__context__ from why
        raise OSError(str(why)) from why
    except (RuntimeError, ValueError) as why:  # no USB or serial driver on this machine, or a strange path
        raise OSError(str(why)) from why
    return connector


def _send_in_chunks(connector: Any, data: bytes, before_s: float) -> None:
    for start in range(0, len(data), CHUNK_BYTES):
        if time.monotonic() >= before_s:
            raise TimeoutError("the printer takes no more bytes")
        connector._raw(data[start : start + CHUNK_BYTES])


class _SocketCable:
    def __init__(self, connector: Any) -> None:
        self._connector = connector

    def send(self, data: bytes, *, within_s: float) -> None:
        self._connector.device.settimeout(within_s)
        self._connector._raw(data)

    def receive(self, *, within_s: float) -> bytes:
        self._connector.device.settimeout(max(within_s, 0.001))
        try:
            data: bytes = self._connector._read()
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def close(self) -> None:
        self._connector.close()


class _PolledCable:
    """A line whose driver waits for sixteen bytes where a printer answers one: asked in short turns instead."""

    def __init__(self, connector: Any, read: Callable[[Any], bytes]) -> None:
        self._connector = connector
        self._read = read

    def send(self, data: bytes, *, within_s: float) -> None:
        self._connector.device.write_timeout = within_s
        _send_in_chunks(self._connector, data, time.monotonic() + within_s)

    def receive(self, *, within_s: float) -> bytes:
        before_s = time.monotonic() + within_s
        while True:
            if data := self._read(self._connector):
                return data
            if time.monotonic() >= before_s:
                return b""

    def close(self) -> None:
        # Closing a serial line waits for bytes that a dead printer never takes: they are thrown away first.
        if hasattr(self._connector.device, "reset_output_buffer"):
            self._connector.device.reset_output_buffer()
        self._connector.close()


def _read_serial(connector: Any) -> bytes:
    return bytes(connector._read())


def _read_usb(connector: Any) -> bytes:
    connector.device.default_timeout = int(POLL_S * 1000)
    try:
        return bytes(connector._read())
    except TimeoutError:
        return b""
    except OSError as why:
        if type(why).__name__ == "USBTimeoutError":
            return b""
        raise


class _FileCable:
    """python-escpos only writes to files, so answers are read here."""

    def __init__(self, path: str) -> None:
        if os.name != "posix":
            raise OSError("device files can be read on POSIX systems only")
        from escpos.printer import File

        self._answers = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            self._connector = _opened(File(path))
        except OSError:
            os.close(self._answers)
            raise

    def send(self, data: bytes, *, within_s: float) -> None:
        _send_in_chunks(self._connector, data, time.monotonic() + within_s)

    def receive(self, *, within_s: float) -> bytes:
        ready, _, _ = select.select([self._answers], [], [], max(within_s, 0))
        if not ready:
            return b""
        try:
            data = os.read(self._answers, 16)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError("the printer's device file ended")
        return data

    def close(self) -> None:
        os.close(self._answers)
        self._connector.close()
