"""`python -m store`, as somebody types it: what it takes from the environment, and what it refuses in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from store.__main__ import main
from store.settings import database_address


def a_key(data: Path) -> list[str]:
    return ["key", "--role", "admin", "--data", str(data)]


@pytest.mark.parametrize("said", ["http://127.0.0.1:8560", "HTTPS://store.example", ""])
def test_where_stations_find_the_store_is_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_URL", said)
    assert main(a_key(tmp_path)) == 0
    assert (tmp_path / "store.db").exists()
    assert capsys.readouterr().out.strip()


def test_a_database_that_is_named_is_the_one_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'books.db'}")
    assert main(a_key(tmp_path)) == 0
    assert (tmp_path / "elsewhere" / "books.db").exists()
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize(
    "said",
    [
        "mysql://floor:s3cret@db/floorhand",
        "postgresql+nobody://floor:s3cret@db/floorhand",
        "postgresql://floor:s3cret@db:port/floorhand",
        "s3cret",
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_one_sentence_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_URL", said)
    assert main(a_key(tmp_path)) == 1
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith("the order store cannot start: FLOORHAND_STORE_URL: ")
    assert "s3cret" not in told


@pytest.mark.parametrize(
    "hosts", ["host=one:5432,two:5433", "host=one:5432&host=two:5433", "host=one,two&port=5432,5433"]
)
def test_several_servers_are_named_in_any_of_the_usual_ways(hosts: str) -> None:
    url = make_url(database_address(f"postgresql+psycopg://floor@/floorhand?{hosts}&target_session_attrs=read-write"))
    _, told = url.get_dialect()().create_connect_args(url)
    assert (told["host"], told["port"]) == ("one,two", "5432,5433")
    assert told["target_session_attrs"] == "read-write"


@pytest.mark.parametrize("port", ["abc", "70000", "-1", "065535123"])
def test_what_is_no_port_is_refused_with_its_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_PORT", port)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "--port: wanted 0 to 65535" in told
    assert "FLOORHAND_STORE_PORT" in told


def test_an_empty_variable_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("FLOORHAND_STORE_PORT", "FLOORHAND_STORE_HOST"):
        monkeypatch.setenv(variable, "")
    assert main(a_key(tmp_path)) == 0
    assert capsys.readouterr().err == ""
