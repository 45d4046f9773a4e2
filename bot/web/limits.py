"""How much one address, one dossier and everybody together may ask of the page; docs/decisions say why so much.

All of it is in memory and of a fixed size: a flood of addresses costs no more room than a busy day.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

REMEMBERED = 10_000
"""So many keys are remembered by a limit, those that asked last."""
EVERYBODY = ""
"""The key of what is counted for all together."""
SLACK = 1e-6
"""Of a token: sums of fractions are not exact."""
NETWORK_BITS = 64
"""Of an IPv6 address, what one household or one rented server is given; the rest it chooses itself."""
WIDE_BITS = {4: 24, 6: 48}
"""What somebody can have for the asking: 65,536 of our networks, or 256 addresses of the fourth version."""
MINUTE, HOUR = 60.0, 3600.0


class Limit:
    """Token buckets: `burst` at once, then `rate` a second, for each key.

    Of a key one number is kept: when its bucket will be full again. Who asks so seldom that it always is costs nothing;
    beyond `most` keys the one that asked longest ago begins anew.
    """

    def __init__(
        self, rate: float, burst: int, most: int = REMEMBERED, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`rate` in tokens a second, above 0; `clock` in seconds, never backwards."""
        if rate <= 0 or burst < 1 or most < 1:
            raise ValueError("a limit lets something through")
        self._rate, self._burst, self._most, self._clock = rate, burst, most, clock
        self._full: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._full)

    def take(self, key: str, cost: float = 1.0) -> float:
        """Take `cost` tokens: 0.0, they were there; otherwise nothing is taken, and they will be in so many seconds.

        Raises ValueError for a cost that no bucket holds.
        """
        if not 0 < cost <= self._burst:
            raise ValueError("a bucket never holds that much")
        now = self._clock() * self._rate
        full = max(now, self._full.pop(key, now))
        missing = full + cost - now - self._burst
        allowed = missing <= SLACK
        self._keep(key, full + cost if allowed else full)
        return 0.0 if allowed else missing / self._rate

    def give_back(self, key: str, cost: float = 1.0) -> None:
        """What was taken was not used after all: the code was right, the mail was never sent."""
        if key in self._full:
            self._full[key] -= cost

    def _keep(self, key: str, full: float) -> None:
        self._full[key] = full
        if len(self._full) > self._most:
            self._full.popitem(last=False)


def take_all(*asked: tuple[Limit, str], cost: float = 1.0) -> float:
    """`cost` tokens of each limit for its key, or none: then the seconds until the first that refuses has them."""
    taken: list[tuple[Limit, str]] = []
    for limit, key in asked:
        if wait := limit.take(key, cost):
            give_all_back(*taken, cost=cost)
            return wait
        taken.append((limit, key))
    return 0.0


def give_all_back(*taken: tuple[Limit, str], cost: float = 1.0) -> None:
    """What `take_all` took."""
    for limit, key in taken:
        limit.give_back(key, cost)


class Line:
    """A line of its own for each key: `at_once` are let in, `waiting` more may stand behind them."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._most = at_once, at_once + waiting
        self._doors: dict[str, asyncio.Semaphore] = {}
        self._there: Counter[str] = Counter()

    def is_full(self, key: str) -> bool:
        """Nobody else may stand there."""
        return self._there[key] >= self._most

    @asynccontextmanager
    async def place(self, key: str) -> AsyncIterator[None]:
        """Stand there until it is one's turn, and leave with the context."""
        door = self._doors.setdefault(key, asyncio.Semaphore(self._at_once))
        self._there[key] += 1
        try:
            async with door:
                yield
        finally:
            self._there[key] -= 1
            if not self._there[key]:
                del self._there[key], self._doors[key]


class FileLines:
    """Who waits for a file: one is made for a window at a time, and eight for a network, whoever else waits there."""

    SECONDS = 10.0
    """After so long there may be room again."""

    def __init__(self) -> None:
        self._of_window, self._of_network = Line(1, 5), Line(8, 56)

    def wait(self, client: str, window: str) -> float:
        """0.0, or the seconds until it may be tried again."""
        full = self._of_window.is_full(window) or self._of_network.is_full(network_key(client))
        return self.SECONDS if full else 0.0

    @asynccontextmanager
    async def place(self, client: str, window: str) -> AsyncIterator[None]:
        """Their turn."""
        async with self._of_window.place(window), self._of_network.place(network_key(client)):
            yield


def client_key(address: str) -> str:
    """Who asks, as far as an address tells: IPv4 as it is, IPv6 by its network; anything else is one and the same."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "?"
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((ip, NETWORK_BITS), strict=False))


@lru_cache(maxsize=256)  # each of the limits of a request asks
def network_key(client: str) -> str:
    """The wider network of a `client_key`, in which one person may have many addresses."""
    try:
        ip = ip_address(client.partition("/")[0])
    except ValueError:
        return client
    return str(ip_network((ip, WIDE_BITS[ip.version]), strict=False))


def mailbox_key(address: str) -> str:
    """One for all ways to write an address of the same mailbox: "a.b+c@x" is "ab@x", capitals do not count."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


@dataclass(frozen=True, slots=True)
class PageLimits:
    """All limits of the page. Keys: `client_key`, `network_key`, a window's name, `mailbox_key`, or `EVERYBODY`."""

    requests_by_client: Limit
    requests_by_window: Limit
    begun_by_client: Limit
    begun_by_network: Limit
    begun_by_all: Limit
    codes_by_client: Limit
    """Wrong return codes: take before looking, give back when the code was right."""
    codes_by_network: Limit
    codes_by_all: Limit
    links_by_client: Limit
    """Wrong links, the same way."""
    papers_by_client: Limit
    """Codes of papers that nobody was given, the same way."""
    papers_by_network: Limit
    mails_by_mailbox: Limit
    mails_by_client: Limit
    mails_by_network: Limit
    mails_by_window: Limit
    mails_by_all: Limit
    """Mails that ask to confirm an address; reminders go to confirmed ones only and are not counted here."""

    def request(self, client: str, window: str | None = None, cost: float = 1.0) -> float:
        """A request, or one that is as dear as `cost` of them; 0.0, or the seconds to wait."""
        of_window = [(self.requests_by_window, window)] if window else []
        return take_all((self.requests_by_client, client), *of_window, cost=cost)

    def begin(self, client: str) -> float:
        """A dossier is begun."""
        network = network_key(client)
        return take_all(
            (self.begun_by_client, client), (self.begun_by_network, network), (self.begun_by_all, EVERYBODY)
        )

    def code(self, client: str) -> float:
        """A return code is tried; give it back if it was right."""
        return take_all(*self._of_code(client))

    def code_was_right(self, client: str) -> None:
        """Only wrong codes count."""
        give_all_back(*self._of_code(client))

    def _of_code(self, client: str) -> tuple[tuple[Limit, str], ...]:
        network = network_key(client)
        return (self.codes_by_client, client), (self.codes_by_network, network), (self.codes_by_all, EVERYBODY)

    def link(self, client: str) -> float:
        """A link is tried; give it back if there is such a one."""
        return self.links_by_client.take(client)

    def link_was_right(self, client: str) -> None:
        """Only wrong links count."""
        self.links_by_client.give_back(client)

    def paper(self, client: str) -> float:
        """The code of a paper is looked up; give it back if there is such a one."""
        return take_all(*self._of_paper(client))

    def paper_was_known(self, client: str) -> None:
        """Only unknown codes count: an office checks a hundred papers a day."""
        give_all_back(*self._of_paper(client))

    def _of_paper(self, client: str) -> tuple[tuple[Limit, str], ...]:
        return (self.papers_by_client, client), (self.papers_by_network, network_key(client))

    def mail(self, client: str, window: str, address: str) -> float:
        """Somebody has a mail sent to an address that may be anybody's."""
        return take_all(
            (self.mails_by_window, window),
            (self.mails_by_mailbox, mailbox_key(address)),
            (self.mails_by_client, client),
            (self.mails_by_network, network_key(client)),
            (self.mails_by_all, EVERYBODY),
        )


def page_limits(clock: Callable[[], float] = time.monotonic) -> PageLimits:
    """The limits as they are: forty firms in one training room share an address, and never meet one."""

    def limit(burst: int, rate: float) -> Limit:
        return Limit(rate, burst, clock=clock)

    return PageLimits(
        requests_by_client=limit(600, 60),
        requests_by_window=limit(60, 5),
        begun_by_client=limit(60, 60 / HOUR),
        begun_by_network=limit(240, 240 / HOUR),
        begun_by_all=limit(1_000, 1),
        codes_by_client=limit(5, 1 / (2 * MINUTE)),
        codes_by_network=limit(20, 2 / MINUTE),
        codes_by_all=limit(200, 12 / MINUTE),
        links_by_client=limit(20, 6 / MINUTE),
        papers_by_client=limit(20, 6 / MINUTE),
        papers_by_network=limit(60, 18 / MINUTE),
        mails_by_mailbox=limit(3, 3 / (24 * HOUR)),
        mails_by_client=limit(60, 12 / HOUR),
        mails_by_network=limit(60, 12 / HOUR),
        mails_by_window=limit(5, 5 / (24 * HOUR)),
        mails_by_all=limit(200, 120 / HOUR),
    )
