"""Flet's web client and its Pyodide, as far as a handset needs them; from the wheel of flet-web that is installed."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from flet_web import get_package_web_dir

from handset.patches import patched
from handset.trouble import SiteTrouble
from screens.client_files import FONT_MANIFEST, FONTS

# By which of these a browser draws is decided by Flutter's own start, `flutter_bootstrap.js`: Chromium's kin by the
# first, or by the second when it has no break iterators of its own; Safari and Firefox by the third.
DRAWN_BY = {
    "skwasm": ("main.dart.wasm", "main.dart.mjs", "canvaskit/skwasm.js", "canvaskit/skwasm.wasm"),
    "skwasm_heavy": ("main.dart.wasm", "main.dart.mjs", "canvaskit/skwasm_heavy.js", "canvaskit/skwasm_heavy.wasm"),
    "canvaskit": ("main.dart.js", "canvaskit/canvaskit.js", "canvaskit/canvaskit.wasm"),
}
# Chromium's kin from before WebAssembly could collect garbage (119), or without WebGL; and the licences of the client,
# which stand on a page of their own. A handset keeps them once it has asked for them.
IF_ASKED_FOR = ("canvaskit/chromium/canvaskit.js", "canvaskit/chromium/canvaskit.wasm", "assets/NOTICES")
ALWAYS = (
    "flutter_bootstrap.js",
    "version.json",
    "assets/AssetManifest.bin",
    "assets/AssetManifest.bin.json",
    "assets/fonts/MaterialIcons-Regular.otf",
    "assets/fonts/roboto.woff2",
    "assets/packages/wakelock_plus/assets/no_sleep.js",
    "assets/shaders/ink_sparkle.frag",
    "assets/shaders/stretch_effect.frag",
    "pyodide/pyodide.mjs",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.asm.wasm",
)
STANDARD_LIBRARY = "pyodide/python_stdlib.zip"
PACKAGE_LIST = "pyodide/pyodide-lock.json"


def web_dir() -> Path:
    """Where the client lies."""
    return Path(get_package_web_dir())


def client_files() -> dict[str, bytes]:
    """Each file of the client by its path in the site, patched; without the standard library.

    Raises:
        SiteTrouble: it is not the client that our patches were made for.
    """
    drawing = {name for names in DRAWN_BY.values() for name in names}
    source = web_dir()
    try:
        files = {name: (source / name).read_bytes() for name in {*ALWAYS, *IF_ASKED_FOR, *drawing}}
    except FileNotFoundError as missing:
        raise SiteTrouble(
            f"flet-web {version('flet-web')} brings no {missing.filename}: look in handset/client.py"
        ) from None
    files[FONT_MANIFEST] = json.dumps(FONTS).encode()
    # Pyodide asks for this list before anything else. It names 357 packages that are not here: what a station needs
    # lies in its own archives.
    packages = json.loads((source / PACKAGE_LIST).read_bytes())
    files[PACKAGE_LIST] = json.dumps({"info": packages["info"], "packages": {}}, sort_keys=True).encode()
    return patched(files)
