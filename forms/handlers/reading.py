"""What a handler gives back."""
from __future__ import annotations

from typing import NamedTuple

from forms import messages
from forms.characters import digits_and_letters, without_invisible
from forms.language import Text


class Read(NamedTuple):
    """`answer`: canonical value, "" or [] for none. `shown`: what to show again. `error`: None when it can be taken."""

    answer: str | list[str]
    shown: str | list[str]
    error: Text | None = None


EMPTY = Read("", "")


def visible(raw: object) -> tuple[str, Text | None]:
    """The raw answer as visible text, and the error if it was no text or held something invisible."""
    if not isinstance(raw, str):
        return "", messages.WRONG_SHAPE
    cleaned, found = without_invisible(raw)
    return cleaned, messages.INVISIBLE if found else None


def typed(raw: object) -> tuple[str, str, Read | None]:
    """The visible text of a raw answer; the same with plain digits and letters, without blanks; and what to give back at once: an
    error, or that nothing is there."""
    text, error = visible(raw)
    plain = digits_and_letters(text)
    if error:
        return text, plain, Read("", plain, error)
    return text, plain, None if plain else EMPTY
