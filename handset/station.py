"""The station's own program as one archive: our rooms, what they take from PyPI, and their words."""

from __future__ import annotations

import re

from handset.archive import compiled, zipped
from handset.client import pyodide_folder
from handset.kept import HOUSE
from handset.wheels import packages

ROOMS = ("app", "screens", "sync", "devices")
PATH_THERE = "/station"
# What a browser's Python cannot import, or never does: servers, threads, drivers, and whatever needs numpy.
LEFT_OUT = frozenset(
    {
        "screens/client_files.py",
        "screens/link_book.py",
        "screens/page_socket.py",
        "screens/scan_line.py",
        "screens/web_host.py",
        "sync/signature_check.py",
        "sync/signer_file.py",
        *(
            f"devices/{name}.py"
            for name in (
                "argon2_thread cable deskew escpos_raster frames label_designs label_layout label_proof"
                " label_sheet label_shelf label_symbols label_text local_certificate pictures print_queue printer_address"
                " printer_lamps printer_talk scan_lines simulated_language simulated_printer simulated_zpl"
                " station_camera thermal zpl barcodes cascade engines"
            ).split()
        ),
    }
)
# Of packages: their papers, what types are checked by, and what is for a command line.
PACKAGES_LEFT_OUT = re.compile(r".*\.dist-info/.*|.*\.pyi|.*/py\.typed|bin/.*|flet/(testing|cli)/.*|tzdata/zoneinfo/.*/.*/.*\.txt")


def station_archive() -> bytes:
    """A zip to unpack at `PATH_THERE`.

    Raises:
        SiteTrouble: a package cannot be had, or something does not compile.
    """
    ours = {
        str(file.relative_to(HOUSE)): file.read_bytes()
        for file in (*HOUSE.glob("*.py"), *(each for room in ROOMS for each in (HOUSE / room).rglob("*.py")))
    }
    ours = {name: content for name, content in ours.items() if name not in LEFT_OUT | {"native.py"}}
    words = {str(file.relative_to(HOUSE)): file.read_bytes() for file in (HOUSE / "assets" / "words").glob("*.toml")}
    there = {**words, "pyproject.toml": (HOUSE / "pyproject.toml").read_bytes()}
    theirs = {
        f"packages/{name}": file.read_bytes()
        for file in packages().rglob("*")
        if file.is_file() and not PACKAGES_LEFT_OUT.fullmatch(name := str(file.relative_to(packages())))
    }
    # Apart: theirs are compiled once, ours at each change.
    return zipped(
        {
            **compiled(theirs, pyodide_folder(), PATH_THERE),
            **compiled(ours, pyodide_folder(), PATH_THERE),
            **there,
        }
    )
