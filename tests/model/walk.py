"""The walk: stations, a network, a store and an office, one step of chance after another; then quiet, and all agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random

from sync.session import Session
from tests.model.book import Book
from tests.model.broken import Broken
from tests.model.clock import ModelClock, TrueTime
from tests.model.disk import Crashed, Fate
from tests.model.hands import Hands
from tests.model.network import Network
from tests.model.office import Office, TheOffice
from tests.model.ports import StationBook, StoreSide
from tests.model.quiet import quiet
from tests.model.station import Station
from tests.model.store import Store
from tests.model.store_book import StoreBook
from tests.model.weather import Weather
from tests.model.witness import Witness

STATIONS = ["K1", "K2", "K3"]
STEP_S = 0.05
LISTS_AT_FIRST = 9


@dataclass(frozen=True, slots=True)
class Parts:
    """What a walk is made of; a planted bug swaps one."""

    book: Callable[..., StationBook] = Book
    session: type[Session] = Session
    station: type[Station] = Station
    store_book: Callable[..., StoreSide] = StoreBook
    store: type[Store] = Store
    office: Callable[[Random], TheOffice] = Office


@dataclass(frozen=True, slots=True)
class Found:
    """Where a walk broke."""

    seed: int
    step: int
    invariant: str
    what: str


SOUND = Parts()


class Walk:
    def __init__(self, seed: int, parts: Parts = SOUND) -> None:
        self.rng = rng = Random(seed)
        self.time = TrueTime()
        self.network = Network()
        self.weather = Weather.drawn(rng)
        self.steps_done = 0
        self.settled_s = 0.0
        versions = rng.choice((1, 1, 2))
        book = parts.store_book(STATIONS, versions=versions)
        self.witness = Witness(STATIONS, book)
        clock = ModelClock(self.time, "store")
        self.store = parts.store(book, clock, self.network, self.witness, self.weather, rng)
        self.office = parts.office(rng)
        hands = Hands(rng, settles=rng.choice((0, 5, 20)), undoes=rng.choice((0, 5, 20)), shorts=rng.choice((0, 10)))
        self.stations = [
            self._station(name, parts, hands, version=rng.choice((1, 1, 1, 2)) if versions == 1 else rng.choice((1, 2)))
            for name in STATIONS
        ]
        self.cut: set[Station] = set()
        self._choose_weights()

    def _station(self, name: str, parts: Parts, hands: Hands, *, version: int) -> Station:
        clock = ModelClock(self.time, name)
        book = parts.book(name, clock, version=version)
        return parts.station(book, clock, self.network, self.witness, self.rng, hands, parts.session)

    def _choose_weights(self) -> None:
        rng = self.rng
        usual: list[tuple[Callable[[], None], tuple[float, ...]]] = [
            (self.work, (4, 8, 16)),
            (self.tick, (6,)),
            (self.arrive, (10,)),
            (self.write, (2, 4)),
            (self.wait, (0.2, 0.6, 1.5)),
            (self.lose, (0, 0.2, 1)),
            (self.double, (0, 0.2, 1)),
            (self.give_up, (0, 0.1, 0.5)),
            (self.crash_station, (0, 0.03, 0.15)),
            (self.crash_store, (0, 0.03, 0.15)),
            (self.cuts, (0, 0.05, 0.2)),
            (self.jump, (0, 0, 0.03)),
            (self.upgrade_app, (0, 0.02, 0.1)),
            (self.demand_newer_apps, (0, 0, 0.01)),
        ]
        written = self.office.acts()
        # Swarm: what a run does seldom or never, another does all the time.
        self._acts = [act for act, _ in usual] + [partial(self.store.submit, work) for work, _ in written]
        drawn = [rng.choice(weights) for _, weights in (*usual, *written)]
        self._weights = list(accumulate(drawn))

    def run(self, steps: int) -> None:
        """So many steps of chance, and then quiet.

        Raises:
            Broken: an invariant does not hold.
        """
        for _ in range(LISTS_AT_FIRST):
            self.store.submit(self.office.releases)
        while self.steps_done < steps:
            self.step()
        self.settled_s = quiet(self)

    def step(self) -> None:
        self.steps_done += 1
        self.time.now_s += STEP_S
        (act,) = self.rng.choices(self._acts, cum_weights=self._weights)
        self._doing(act)
        for station in self.stations:
            self.witness.look(station.station_id, station.book)

    def _doing(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Crashed as crash:
            side = "store" if crash.disk is self.store.book.disk else "station"
            self.network.met[f"{side} died {'after' if crash.kept else 'before'} its commit"] += 1
            if crash.disk is self.store.book.disk:
                self.store.crash()
            else:
                (dead,) = (station for station in self.stations if station.book.disk is crash.disk)
                dead.crash(boots=self.rng.random() < 0.5)

    # Steps.

    def work(self) -> None:
        self.rng.choice(self.stations).work()

    def tick(self) -> None:
        self.rng.choice(self.stations).tick()

    def arrive(self) -> None:
        """A request or an answer, any of those on their way, comes to where it goes; nothing does over a cut line."""
        message = self.network.arrive(self.rng)
        if message is None:
            return
        if message.call.station in self.cut:
            self.network.met["lost in a cut line"] += 1
            return
        if message.answer is None:
            self.store.receive(message.call)
        else:
            message.call.station.hear(message.call, message.answer)

    def write(self) -> None:
        if self.store.down:
            self.store.starts()
        self.store.write()

    def wait(self) -> None:
        self.time.now_s += self.rng.choice((0.2, 1.0, 4.0, 20.0))
        self.store.answer_polls()

    def lose(self) -> None:
        if self.network.arrive(self.rng) is not None:
            self.network.met["lost"] += 1

    def double(self) -> None:
        self.network.double(self.rng)

    def give_up(self) -> None:
        station = self.rng.choice(self.stations)
        if station.calls:
            station.give_up(self.rng.choice(station.calls))

    def crash_station(self) -> None:
        """Now, or at its next commit."""
        station = self.rng.choice(self.stations)
        fate = self.rng.choice((None, Fate.BEFORE, Fate.AFTER))
        station.book.disk.fate = fate
        if fate is None:
            station.crash(boots=self.rng.random() < 0.5)

    def crash_store(self) -> None:
        fate = self.rng.choice((None, Fate.BEFORE, Fate.AFTER))
        self.store.book.disk.fate = fate
        if fate is None:
            self.store.crash()

    def cuts(self) -> None:
        """A station's line is cut, or mended."""
        station = self.rng.choice(self.stations)
        self.cut ^= {station}

    def jump(self) -> None:
        seconds = self.rng.choice((-7200.0, -300.0, 0.0, 0.0, 300.0, 86_400.0))
        if self.rng.random() < 0.25:
            self.store.clock.off_s = seconds
        else:
            self.rng.choice(self.stations).jump(seconds)

    def upgrade_app(self) -> None:
        station = self.rng.choice(self.stations)
        if station.app_version == 1:
            station.upgrade()

    def demand_newer_apps(self) -> None:
        self.weather.app_min = 2


def walked(seed: int, steps: int, parts: Parts = SOUND) -> Found | None:
    """Where the walk of this seed breaks; None when everything holds."""
    walk = Walk(seed, parts)
    try:
        walk.run(steps)
    except Broken as broken:
        return Found(seed, walk.steps_done, broken.invariant, broken.what)
    return None
