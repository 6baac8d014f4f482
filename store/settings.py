"""What the order store is told from outside: where it listens and where it keeps its books."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Args:
    data: folder of the embedded database and of the secret that signs tokens; made when missing.
    url: SQLAlchemy address of the database; the embedded SQLite in `data` when empty.
    admin_key: an API key that is let in as administrator of every warehouse; none when empty.
    poll_wait_max_s: how long a pull may wait for news.
    release_quiet_s: how long after the last order its like are released to the floor; None when only on request.
    token_life_s: how long a station's token is good for.
    """

    data: Path = Path("var/store")
    url: str = ""
    host: str = "127.0.0.1"
    port: int = 8560
    admin_key: str = ""
    poll_wait_max_s: float = 25.0
    release_quiet_s: float | None = 1.0
    token_life_s: int = 900

    @property
    def database_url(self) -> str:
        return self.url or f"sqlite:///{self.data / 'store.db'}"
