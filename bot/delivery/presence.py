"""Whether anybody is at work on a database: what must not happen meanwhile is refused."""

import asyncio
from collections.abc import Callable

from bot.delivery.lease import beats, is_gone
from storage.copying.presence import Presence
from storage.store import Lease

Look = Callable[[], Presence]


async def at_work(look: Look) -> str | None:
    """Who is connected, or holds a lease or a claim, and is alive; of another machine that takes some seconds.

    Raises StorageError.
    """
    seen = look()
    if seen.connected:
        return seen.connected[0]
    for holder in sorted(seen.claiming):
        if not is_gone(holder):
            return named(holder)
    doubtful = {name: lease for name, lease in seen.leases.items() if not is_gone(lease.holder)}
    beating = await asyncio.gather(*(beats(_beat_of(look, name)) for name in doubtful))
    return next((named(lease.holder) for lease, alive in zip(doubtful.values(), beating, strict=True) if alive), None)


def _beat_of(look: Look, name: str) -> Callable[[], "asyncio.Future[Lease | None]"]:
    return lambda: asyncio.ensure_future(asyncio.to_thread(lambda: look().leases.get(name)))


def named(holder: str) -> str:
    """A process as people know it: its machine, and its number there."""
    machine, _, process, *_ = [*holder.split("/"), "", "", ""]
    return f"{machine.partition('.')[0]}, PID {process}"
