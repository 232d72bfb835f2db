"""What exactly is wrong with a resident ID number (GB 11643-1999, check digit by ISO 7064 MOD 11-2).

The rule itself stands in the workbook as an expression, so that every ODK client applies it; this module only finds
the words for a number that the rule has refused.
"""
from __future__ import annotations

import re
from datetime import date

from forms import messages
from forms.language import Text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")


def check_symbol(first17: str) -> str:
    """The eighteenth symbol that belongs to 17 digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS)) % 11]


def birth_date(number: str) -> date | None:
    """The date inside an 18-character number, None when it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """The sex inside a number as a GB/T 2261.1 code: "1" male, "2" female."""
    return "1" if int(number[16]) % 2 else "2"


def problem(number: str, birth: str = "", stated_sex: str = "") -> Text | None:
    """What is wrong with a normalised number, given the ISO birth date and GB/T 2261.1 sex answered; None if nothing."""
    if len(number) != 18:
        return messages.ID_LENGTH.fill(count=len(number))
    if not _SHAPE.fullmatch(number):
        return messages.ID_CHARACTERS
    inside = birth_date(number)
    if inside is None:
        return messages.ID_BIRTH
    if check_symbol(number[:17]) != number[17]:
        return messages.ID_CHECK
    if birth and inside.isoformat() != birth:
        return messages.ID_BIRTH_DATE
    if stated_sex in ("1", "2") and stated_sex != sex(number):
        return messages.ID_SEX
    return None
