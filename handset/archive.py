"""Files as one zip whose bytes depend on nothing but them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# The earliest time that a zip can say.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these, sorted, all of one time and mode. Nothing in it is compressed: the whole is, on its way to the
    handset (a third smaller so), and what is imported from it need not be inflated at each start."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = 3
            archive.writestr(entry, files[name])
    return out.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """The files of a zip, without its folders."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {entry.filename: opened.read(entry) for entry in opened.infolist() if not entry.is_dir()}
