"""Fills every door of a made campaign, and writes the truth of it."""
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from random import Random

from campaigns.believable import households, identity, names, places
from campaigns.believable.identity import Issuer
from campaigns.believable.places import Dwelling
from campaigns.believable.sizes import Size
from campaigns.believable.truth import Truth

_VACANT, _COMMERCIAL = "vacant", "commercial"


def populate(truth: Truth, size: Size, seed: int, on: date, step: Callable[[int], None]) -> None:
    """Make all doors and the people behind them, as they are on the day `on`; `step` is told of doors done."""
    draw = Random(f"{seed}/doors")
    compounds = places.compounds(draw, size)
    uses = _uses(draw, size)
    counts = iter(households.sizes(draw, size))
    issuer = Issuer()
    first = 1
    for place, compound in enumerate(compounds):
        draw = Random(f"{seed}/compound/{place}")
        doors, persons = [], []
        for door in places.dwellings(draw, compound, first):
            use = uses.get(door.number - 1)
            made, let = ([], False) if use else households.people(draw, issuer, next(counts), on)
            answers = _empty(draw, use, door) if use else households.of_dwelling(draw, made, let, door.area, compound.built)
            doors.append(_row(door, max((person.room for person in made), default=0), len(made), answers))
            persons += [(door.number, number, person.room, _json(person.answers)) for number, person in enumerate(made, 1)]
        truth.add_dwellings(doors)
        truth.add_persons(persons)
        first += len(doors)
        step(len(doors))


def _uses(draw: Random, size: Size) -> dict[int, str]:
    """Places of doors behind which nobody lives, and what they are used for."""
    chosen = draw.sample(range(size.dwellings), size.dwellings - size.households)
    return {place: _COMMERCIAL if number % 5 == 0 else _VACANT for number, place in enumerate(chosen)}


def _empty(draw: Random, use: str, door: Dwelling) -> dict:
    owner = names.surname(draw) + names.given(draw, "1", 1970)
    return {"dwelling_use": use, "contact_name": owner, "contact_phone": identity.phone(draw), "area": door.area}


def _row(door: Dwelling, in_rooms: int, persons: int, answers: dict) -> tuple:
    compound = door.compound
    return (door.number, door.register_code, compound.community, door.grid, compound.name, compound.team, door.building,
            door.unit, door.room, door.area, door.lon, door.lat, in_rooms, persons, _json(answers))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
