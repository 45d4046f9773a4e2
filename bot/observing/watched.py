"""A store whose faults are told to an observer, and whose transactions are spans, whoever calls it."""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast

from bot.observing.observer import DAMAGED, UNOBSERVED, Observer, Span
from storage.errors import DamagedRowError, StorageError
from storage.store import Store

Call = Callable[..., Any]


def watched(store: Store, observer: Observer) -> Store:
    """The same store, watched; itself, where nobody observes."""
    if observer is UNOBSERVED:
        return store
    return cast("Store", _Watched(store, observer))


class _Watched:
    """Passes on every call. Not a `Store` by name, so that what one day is added to that is passed on, too."""

    def __init__(self, store: Store, observer: Observer) -> None:
        self._store, self._observer = store, observer

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if inspect.iscoroutinefunction(found):
            found = self._told(self._spanned(found) if name == "apply" else found)
        setattr(self, name, found)  # the next call finds it at once
        return found

    async def __aenter__(self) -> "_Watched":
        await self._store.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._store.__aexit__(*error)

    def _told(self, call: Call) -> Call:
        @wraps(call)
        async def called(*given: Any, **named: Any) -> Any:
            try:
                return await call(*given, **named)
            except StorageError as error:
                self._observer.storage_failed(DAMAGED if isinstance(error, DamagedRowError) else error.trouble.value)
                raise

        return called

    def _spanned(self, call: Callable[..., Awaitable[Any]]) -> Call:
        @wraps(call)
        async def called(*given: Any, **named: Any) -> Any:
            with self._observer.span(Span.APPLY):
                return await call(*given, **named)

        return called
