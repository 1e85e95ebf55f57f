"""Why a date cannot be read."""


class DateProblemError(ValueError):
    """A date that may mean two things, or nothing; the message ends the sentence *The date …*."""

    def __init__(self, problem: str, *, needs_language: bool = False) -> None:
        """Keep the message; ``needs_language``: the language of the document would settle it."""
        super().__init__(problem)
        self.needs_language = needs_language
