"""A store that forgets: for tests, and for trying things out (`memory:`)."""

from collections import defaultdict

from typing_extensions import override

from flows.session import Assessment, Session
from storage.store import Decide, Decision, LogEntry, Store


class MemoryStore(Store):
    """Keeps everything in this process. It never yields, so each `apply` is atomic by nature."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._log: defaultdict[str, list[LogEntry]] = defaultdict(list)
        self._history: defaultdict[str, list[Assessment]] = defaultdict(list)

    @override
    async def apply(self, chat: str, decide: Decide) -> Decision:
        decision = decide(self._sessions.get(chat))
        if decision.session is not None:
            self._sessions[chat] = decision.session
            self._log[chat].extend(decision.log)
            self._history[chat].extend(decision.finished)
        return decision

    @override
    async def session(self, chat: str) -> Session | None:
        return self._sessions.get(chat)

    @override
    async def history(self, chat: str) -> list[Assessment]:
        return self._history[chat][::-1]

    @override
    async def log(self, chat: str) -> list[LogEntry]:
        return list(self._log[chat])

    @override
    async def close(self) -> None:
        pass
