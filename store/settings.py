"""What the order store is told from outside: where it listens and where it keeps its books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from app.settings import SettingRefused
from store.rate_limit import USUAL, RateLimits

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Args:
    data: folder of the embedded database and of the secret that signs tokens; made when missing.
    url: SQLAlchemy address of the database; the embedded SQLite in `data` when empty.
    admin_key: an API key that is let in as administrator of every warehouse; none when empty.
    poll_wait_max_s: how long a pull may wait for news.
    release_quiet_s: how long after the last order its like are released to the floor; None when only on request.
    token_life_s: how long a station's token is good for.
    rate_limits: how often whom may ask; None for whoever measures how much the store holds.
    grant_life: how long people may sign in at a station that has lost the store: a long shift.
    site: folder of the handset that lives in a browser, served at /handset/ (`make site` builds it); None serves none.
    """

    data: Path = Path("var/store")
    url: str = ""
    host: str = "127.0.0.1"
    port: int = 8560
    admin_key: str = ""
    poll_wait_max_s: float = 25.0
    release_quiet_s: float | None = 1.0
    token_life_s: int = 900
    rate_limits: RateLimits | None = USUAL
    grant_life: timedelta = timedelta(hours=14)
    site: Path | None = None

    @property
    def database_url(self) -> str:
        return self.url or f"sqlite:///{self.data / 'store.db'}"


def database_address(said: str) -> str:
    """The database that FLOORHAND_STORE_URL names; empty when it names none.

    The name has two readers: the store finds its database by it, a station the store. So an address of the web, which
    somebody has set for stations, says nothing to the store.

    Raises:
        SettingRefused: it is no database that the store can use. The address is not repeated: a password stands in it.
    """
    if not said or said.lower().startswith(("http://", "https://")):
        return ""
    try:
        url = _each_host(make_url(said))
        if url.get_backend_name() not in DATABASES:
            raise SettingRefused("FLOORHAND_STORE_URL", f"wanted a database of {' or '.join(DATABASES)}")
        url.get_dialect().import_dbapi()
    except (ArgumentError, ValueError):
        raise SettingRefused("FLOORHAND_STORE_URL", "wanted an address like postgresql+psycopg://…") from None
    except (NoSuchModuleError, ImportError):
        raise SettingRefused("FLOORHAND_STORE_URL", f"the driver of {url.drivername} is not installed") from None
    return url.render_as_string(hide_password=False)


def _each_host(url: URL) -> URL:
    """`host=one:5432,two:5432`, as people write several servers, in the way in which SQLAlchemy wants to be told."""
    hosts = url.query.get("host", "")
    return url.update_query_dict({"host": hosts.split(",")}) if isinstance(hosts, str) and ":" in hosts else url
