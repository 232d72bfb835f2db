"""Made campaigns for the tests of believable data: small, and quick because nobody in them needs many PINs."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from campaigns import clock, merge
from campaigns.audit import COMMAND_LINE
from campaigns.believable import make, sizes
from campaigns.believable.home import DemoHome
from campaigns.believable.make import Plan
from campaigns.believable.sizes import Rates, Size
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.settings import Settings

OPENS = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
EVERYTHING_WRONG = Rates(second_channel=.12, correction=.12, name_typo=.08, digit_caught=.15, digit_missed=.08, person_missed=.1,
                         doors_swapped=.3, late=.1, bad_row=.05, opened_only=.5, gate_only=.4)


def size(rates: Rates = sizes.CLEAN, dwellings: int = 80, **changes: object) -> Size:
    """A small campaign with a crew of seven."""
    few = {"teams": 2, "grid_workers": 1, "volunteers": 2, "clerks": 1, "supervisors": 0, **changes}
    return dataclasses.replace(sizes.small(dwellings, rates), **few)


def plan(rates: Rates = sizes.CLEAN, seed: int = 1, **changes: object) -> Plan:
    return Plan(size(rates, **changes), seed, OPENS)


@contextmanager
def silent(name: str, words: object, total: int) -> Iterator:
    yield lambda done: None


def made(folder: Path, of: Plan) -> tuple[Installation, Campaign, DemoHome]:
    """The campaign of `of`, made in `folder` and merged."""
    here = Installation(Settings(home=folder))
    home = DemoHome(here)
    home.begin(of.slug)
    campaign = make.make(here, of, home, silent)
    merge.run(here.store, campaign, clock.now(), COMMAND_LINE)
    return here, campaign, home
