"""A store that forgets: for tests, and for trying things out (`memory:`)."""

from collections import defaultdict

from typing_extensions import override

from flows.session import Assessment, Session
from storage.errors import StorageError, Trouble
from storage.store import Decide, Decision, LogEntry, Store


class MemoryStore(Store):
    """Keeps everything in this process. It never yields, so each `apply` is atomic by nature."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._log: defaultdict[str, list[LogEntry]] = defaultdict(list)
        self._history: defaultdict[str, list[Assessment]] = defaultdict(list)
        self._finished: set[str] = set()

    @override
    async def apply(self, chat: str, decide: Decide) -> Decision:
        decision = decide(self._sessions.get(chat))
        if decision.session is not None:
            self._note(decision.finished)
            self._sessions[chat] = decision.session
            self._log[chat].extend(decision.log)
            self._history[chat].extend(decision.finished)
        return decision

    @override
    async def session(self, chat: str) -> Session | None:
        return self._sessions.get(chat)

    @override
    async def history(self, chat: str) -> list[Assessment]:
        return self._history.get(chat, [])[::-1]

    @override
    async def log(self, chat: str) -> list[LogEntry]:
        return list(self._log.get(chat, ()))

    @override
    async def close(self) -> None:
        pass

    def _note(self, finished: tuple[Assessment, ...]) -> None:
        """An assessment is finished once, as in a database."""
        ids = {assessment.id for assessment in finished}
        if len(ids) < len(finished) or ids & self._finished:
            raise StorageError(Trouble.CONFLICT, "memory:")
        self._finished |= ids
