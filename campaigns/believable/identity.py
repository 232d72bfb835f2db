"""Numbers that look right and can belong to nobody.

Resident ID: GB 11643 with a correct check digit, but a division code that begins with 29. GB/T 2260 numbers the
provinces of the north-east 21 to 23; its list of provinces has no 29, so nobody can have been issued such a number.
Phone: 154 followed by eight digits. Published lists of the operators' blocks have 150-153 and 155-159 and leave 154 out, so
it should ring nowhere; should the block ever be given out, change it here. The form takes it as a mobile.
"""
from __future__ import annotations

from datetime import date
from random import Random

from forms.residentid import check_symbol

LOCAL_DIVISION = "290481"
_DIVISIONS = tuple(f"29{place:04d}" for place in (101, 102, 125, 181, 203, 301, 322, 402, 424, 483, 521, 602, 624, 681,
                                                  702, 725, 782, 801, 823, 902, 921, 1002, 1024, 1181, 1302, 1322))
_LETTERS = "CDEFGHJKLMNPRSTWXYZ"


class Issuer:
    """Hands out document numbers, each once: people of one division, birthday and sex get successive serials."""

    def __init__(self) -> None:
        self._serials: dict[tuple[str, date, str], int] = {}
        self._others: set[str] = set()

    def resident_id(self, draw: Random, birth: date, sex: str, local: bool) -> str:
        """A new 18-character number; `sex` is the GB/T 2261.1 code."""
        division = LOCAL_DIVISION if local and draw.random() < 0.85 else draw.choice(_DIVISIONS)
        while True:
            key = (division, birth, sex)
            serial = self._serials.get(key, 0)
            if serial < 500:
                break
            division = draw.choice(_DIVISIONS)
        self._serials[key] = serial + 1
        # Real serials are not dense: step by 7 through the 500 of each sex.
        odd_or_even = (serial * 7 % 500) * 2 + (1 if sex == "1" else 0)
        first17 = f"{division}{birth:%Y%m%d}{odd_or_even:03d}"
        return first17 + check_symbol(first17)

    def other(self, draw: Random, id_type: str) -> str:
        """A new number of another document, of the shape that its holders know."""
        while True:
            digits = f"{draw.randrange(10**8):08d}"
            number = {"passport": draw.choice(_LETTERS) + draw.choice(_LETTERS) + digits[:7],
                      "hk_macao": draw.choice("HM") + digits + digits[:2], "taiwan": digits,
                      "foreign_pr": "ZZZ2900" + digits}[id_type]
            if number not in self._others:
                self._others.add(number)
                return number


def phone(draw: Random) -> str:
    return f"154{draw.randrange(10**8):08d}"
