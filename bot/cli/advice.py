"""How a check of `shuping doctor` says that something is not as it should be."""


class AdviceError(Exception):
    """Something works, but should be mended: a sentence each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


class BrokenError(AdviceError):
    """Something does not work."""
