"""Several households behind one door, on the pages of residents and of those who collect (campaigns.missed: MIS-7)."""
from __future__ import annotations

from flask import current_app

from campaigns import missed, submissions
from survey.doors import OpenDoor


def next_number(found: OpenDoor, most: int) -> int:
    """The number of the next household behind this door. Raises TooManyHouseholds."""
    with current_app.installation.store.read() as connection:
        number = missed.next_household(connection, found.door.id)
    if number > most:
        raise missed.TooManyHouseholds(most, found.campaign.terms.whom_to_ask)
    return number


def may_answer(found: OpenDoor, number: int, most: int) -> bool:
    """Whether household `number` may be recorded here: the first always, others one after another."""
    if number == 1:
        return True
    with current_app.installation.store.read() as connection:
        return 1 < number <= min(missed.next_household(connection, found.door.id), most)


def is_recorded(found: OpenDoor, number: int) -> bool:
    """Whether household `number` is recorded."""
    with current_app.installation.store.read() as connection:
        return submissions.recorded(connection, found.door.id, number)
