"""The handset's site is the same from the same inputs, holds what it names, and is not built from what has changed."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import brotli
import pytest

from handset.archive import unzipped, zipped
from handset.build import PAGE, build
from handset.bytecode import compiled
from handset.client import DRAWN_BY, STANDARD_LIBRARY, client_files, web_dir
from handset.links import check_links
from handset.npm import NpmPackage, checked, npm_packages
from handset.patches import PATCHES, Patch, patched
from handset.release import BUDGET_BYTES, LIST, SERVICE_WORKER, check_budget, heaviest, kept, with_release
from handset.shelf import Shelf
from handset.squeeze import squeezed
from handset.station import LIBRARY, STATION, station_sources
from handset.trouble import SiteTrouble


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is, not squeezed."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build(folder, quality=None)
    return folder


def test_the_same_inputs_make_the_same_site_to_the_last_byte(built: Path, tmp_path: Path) -> None:
    build(tmp_path / "site", quality=None)

    assert everything(tmp_path / "site") == everything(built)


def test_a_page_that_has_changed_is_another_release(built: Path, tmp_path: Path) -> None:
    page = tmp_path / "page"
    shutil.copytree(PAGE, page)
    page.joinpath("boot.js").write_text(page.joinpath("boot.js").read_text() + "\n")

    site = build(tmp_path / "site", page=page, quality=None)

    assert site.version != json.loads(built.joinpath(LIST).read_bytes())["version"]


def test_the_list_names_every_file_that_is_there(built: Path) -> None:
    listed = json.loads(built.joinpath(LIST).read_bytes())["files"]

    assert set(listed) | {LIST} == set(everything(built))


def test_a_handset_keeps_what_it_draws_by_and_no_other_way_to_draw() -> None:
    names = {*client_files(), STATION, LIST, "vendor/x/LICENSE", "fonts/OFL-x.txt"}

    for way, own in DRAWN_BY.items():
        others = {name for each in DRAWN_BY.values() for name in each} - set(own)
        assert set(own) | {STATION} <= set(kept(names, way))
        assert not others & set(kept(names, way))
        assert not {LIST, "assets/NOTICES", "vendor/x/LICENSE", "fonts/OFL-x.txt"} & set(kept(names, way))


def test_the_budget_is_for_the_browser_that_has_to_fetch_most() -> None:
    weights = {name: 1 for names in DRAWN_BY.values() for name in names} | {"main.dart.js": 1000, STATION: 10}

    assert heaviest(weights) == ("canvaskit", 1012)
    check_budget("canvaskit", BUDGET_BYTES)
    with pytest.raises(SiteTrouble, match=r"draws by canvaskit would fetch 13\.\d\d MiB, more than the 13\.00 MiB"):
        check_budget("canvaskit", BUDGET_BYTES + 20_000)


def test_what_is_compiled_does_not_depend_on_what_else_is(tmp_path: Path) -> None:
    """Releases are told apart by their bytes, and what was compiled before is not compiled again."""
    own = {"a.py": b"WORDS = ('one', 'two', 'three', 1.5, 1.5)\ndef a(one: int, two: str = 'two'): return two * one\n"}
    others = {
        f"{name}.py": b"'''two'''\ndef one(two, three='three'): return (two, 1.5, 'one')\n" for name in ("0", "b", "c")
    }

    alone = compiled(own, Shelf(tmp_path / "alone"))
    among_others = compiled(others | own, Shelf(tmp_path / "others"))

    assert alone["a.pyc"] == among_others["a.pyc"]
    assert sorted(among_others) == ["0.pyc", "a.pyc", "b.pyc", "c.pyc"]


def test_python_that_is_none_stops_the_build_and_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SiteTrouble, match=r"screens/door\.py"):
        compiled({"screens/door.py": b"def open(:\n"}, Shelf(tmp_path))


def test_a_handset_gets_python_that_is_compiled_and_nothing_to_compile(built: Path) -> None:
    for archive in (STANDARD_LIBRARY, LIBRARY, STATION):
        names = set(unzipped(built.joinpath(archive).read_bytes()))
        assert [name for name in names if name.endswith(".py")] == []
        assert len(names) > 100


def test_the_station_s_archive_holds_what_a_page_starts_and_what_is_unpacked_for_it(built: Path) -> None:
    station = unzipped(built.joinpath(STATION).read_bytes())

    assert {"main.pyc", "browser.pyc", "wiring.pyc", "assets/words/en.toml", "pyproject.toml"} <= set(station)
    assert [name for name in station if name.endswith(".so")] != []
    assert [name for name in unzipped(built.joinpath(LIBRARY).read_bytes()) if name.endswith(".so")] == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one room that matters, and a name."""
    for room in ("app", "devices", "screens", "sync", "assets/words"):
        tmp_path.joinpath(room).mkdir(parents=True)
    tmp_path.joinpath("pyproject.toml").write_text('[project]\nname = "floorhand"\nversion = "0.1.0"\n')
    return tmp_path


def test_a_file_that_drives_hardware_stays_out_and_so_does_what_begins_with_it(house: Path) -> None:
    house.joinpath("devices/lens.py").write_text("import cv2\n")
    house.joinpath("devices/camera.py").write_text("from devices import lens\n")
    house.joinpath("devices/shop.py").write_text("from devices.camera import Camera\n")
    house.joinpath("devices/later.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cv2\ndef see():\n    import devices.camera\n"
    )

    files = station_sources(set(), house)

    assert sorted(files) == ["devices/later.py", "pyproject.toml"]


def test_a_package_that_nobody_has_decided_about_stops_the_build(house: Path) -> None:
    house.joinpath("sync/fast.py").write_text("import orjson\n")

    with pytest.raises(SiteTrouble, match=r"sync/fast\.py imports orjson, which the handset has not"):
        station_sources(set(), house)
    assert "sync/fast.py" in station_sources({"orjson"}, house)


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.file)
def test_another_version_of_what_we_patch_stops_the_build(patch: Patch) -> None:
    there = {each.file: web_dir().joinpath(each.file).read_bytes() for each in PATCHES}
    assert patch.expected.encode() not in patched(there)[patch.file]

    for changed in (b"", there[patch.file].replace(patch.expected.encode(), b""), there[patch.file] * 2):
        with pytest.raises(SiteTrouble, match=r"times instead of once.*Without the patch"):
            patched({**there, patch.file: changed})


def test_a_package_of_npm_that_is_not_what_it_was_stops_the_build() -> None:
    package = npm_packages()[0]

    with pytest.raises(SiteTrouble, match=f"{package.name} {package.version} is not what it was"):
        checked(package, b"something else")


def test_every_package_of_npm_is_pinned_to_a_version_and_its_bytes() -> None:
    for package in npm_packages():
        assert isinstance(package, NpmPackage)
        assert package.integrity.startswith("sha512-")
        assert package.version[0].isdecimal()
        assert [place for place in package.files if not place.startswith("vendor/")] == []


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.mjs", 'import { one } from "./missing.mjs";', "names ./missing.mjs"),
        ("a.mjs", 'import {\n  one,\n} from "@noble/hashes/sha2.js";', "a worker in a browser finds only"),
        ("a.mjs", 'const wasm = new URL("./missing.wasm", import.meta.url);', "names ./missing.wasm"),
        ("a.mjs", 'const other = await import("./missing.mjs");', "names ./missing.mjs"),
        ("a.html", '<script src="missing.js"></script>', "missing.js"),
        ("a.html", "<script>alert(1)</script>", "a script within it"),
    ],
)
def test_what_the_page_names_and_the_site_has_not_stops_the_build(name: str, text: str, reason: str) -> None:
    with pytest.raises(SiteTrouble, match=reason):
        check_links({name: text.encode()}, {name: text.encode()})


def test_what_the_page_names_is_found_from_the_folder_in_which_it_stands() -> None:
    site = {
        "a.mjs": b"// import './not-meant.mjs'\nimport { one } from './b/c.mjs';\nexport const said = 'from \"x\"';",
        "b/c.mjs": b"export { d } from '../d.mjs';",
        "d.mjs": b"",
        "a.html": b'<link href="d.mjs"><script type="application/json">{}</script><script src="a.mjs"></script>',
    }

    check_links(site, site)


@pytest.mark.parametrize("template", [b"const NONE = 1;", b"__RELEASE__ __RELEASE__"])
def test_a_service_worker_without_its_place_for_the_release_stops_the_build(template: bytes) -> None:
    with pytest.raises(SiteTrouble, match="has to hold __RELEASE__ once"):
        with_release(template, {})


def test_the_service_worker_knows_the_hash_of_each_other_file(built: Path) -> None:
    listed = json.loads(built.joinpath(LIST).read_bytes())["files"]
    line = next(
        line for line in built.joinpath(SERVICE_WORKER).read_text().splitlines() if line.startswith("const RELEASE")
    )
    known = json.loads(line.removeprefix("const RELEASE = ").removesuffix(";"))

    assert known["files"] == {name: each["sha256"] for name, each in listed.items() if name != SERVICE_WORKER}


def test_a_folder_with_something_else_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.joinpath("holiday.jpg").write_bytes(b"a picture")

    with pytest.raises(SiteTrouble, match="holds something else than a site"):
        build(tmp_path, quality=None)
    assert tmp_path.joinpath("holiday.jpg").read_bytes() == b"a picture"


def test_what_is_squeezed_comes_out_as_it_went_in_and_only_once(tmp_path: Path) -> None:
    files = {
        "a.js": b"let a = 1;\n" * 1000,
        "small.js": b"1;",
        "a.png": bytes(3000),
        "noise.wasm": bytes(range(256)) * 4,
    }
    shelf = Shelf(tmp_path)

    forms = squeezed(files, shelf, quality=5)

    assert brotli.decompress(forms["a.js"]["br"]) == gzip.decompress(forms["a.js"]["gz"]) == files["a.js"]
    assert {name for name, each in forms.items() if each} <= {"a.js", "noise.wasm"}
    kept_before = sorted(tmp_path.rglob("*"))
    assert squeezed(files, shelf, quality=5) == forms
    assert sorted(tmp_path.rglob("*")) == kept_before


def test_an_archive_says_nothing_of_when_and_by_whom_it_was_made() -> None:
    assert zipped({"b": b"2", "a": b"1"}) == zipped({"a": b"1", "b": b"2"})
    assert unzipped(zipped({"a/b.py": b"1"})) == {"a/b.py": b"1"}
