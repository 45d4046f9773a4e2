"""One rule of language: whoever reads, reads cards, papers and mails in the language chosen in their own window.

The session has the language in which somebody answered last. It counts where none was chosen: in a window that has
just been opened by a link, and for a command that reads the database.
"""

from dataclasses import replace

from locales import LANGUAGES
from storage.store import State


def as_read(state: State) -> State:
    """What is stored, its session in the language of this window, whatever another window has chosen since."""
    chosen = state.window.language if state.window else None
    if state.session is None or chosen not in LANGUAGES or chosen == state.session.language:
        return state
    return replace(state, session=state.session.but(language=chosen))
