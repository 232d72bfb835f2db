"""From what is on a piece of paper to the door it opens: every look-up of a household code goes through `find`."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app, g, request
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

import forms.form
from campaigns import campaign as campaigns
from campaigns import clock, doorway, served, submissions, throttle
from campaigns.campaign import Campaign
from campaigns.codes import codes, symbols
from campaigns.codes.codes import Code, CodeUnknown
from campaigns.frame.doors import Door
from campaigns.terms import NO_PHONE
from forms.language import Refusal, Text


class CodeRevoked(Refusal):
    status = 410

    def __init__(self):
        super().__init__("这个码已经作废，可能换了新的。请看门上或手里有没有更新的码；没有的话，请{ask}。",
                         "This code was withdrawn, perhaps because a newer one replaced it. Look for a newer paper; "
                         "if there is none, {ask}.", ask=whom_to_ask())


class DoorEnded(Refusal):
    status = 410

    def __init__(self):
        super().__init__("底册里这处房屋已经注销（如拆除或合并），不用登记。如果您住在这里，请{ask}。",
                         "The register says that this dwelling no longer exists (demolished or merged), so there is "
                         "nothing to fill in. If you live here, {ask}.", ask=whom_to_ask())


class NotHung(Refusal):
    """A hanger that is at no door yet."""

    status = 409

    def __init__(self):
        super().__init__("这张卡还没有记到哪一户，暂时不能填。您门上或登记卡上另有登记码，请在下面输入；没有的话，请{ask}。",
                         "This card has not been put down for a home yet. If there is another code on your door or card, type it "
                         "below; if there is none, {ask}.", ask=whom_to_ask())


class HangerVoid(Refusal):
    """A hanger that was reported lost or spoiled."""

    status = 410

    def __init__(self):
        super().__init__("这张卡已经作废（丢失或损坏），不能再用。您门上或登记卡上另有登记码，请在下面输入；没有的话，请{ask}。",
                         "This card was reported lost or spoiled and cannot be used. If there is another code on your door or card, "
                         "type it below; if there is none, {ask}.", ask=whom_to_ask())


class BadgeAtTheDoor(Refusal):
    """A badge was scanned where a household's code belongs. `code` is the badge."""

    def __init__(self, code: str):
        self.code = code
        super().__init__("这是工作人员的工牌码，不是住户的码。请登录。",
                         "This is a worker's badge, not a household's code. Please sign in.")


@dataclass(frozen=True)
class OpenDoor:
    """A door whose code was shown: all that its pages need. `text` is the code's 12 symbols.

    `withdrawn`: the code was revoked and no newer one took its place: only what was sent before counts.
    """

    text: str
    code: Code
    campaign: Campaign
    door: Door
    form_id: int
    form: forms.form.Form
    recorded: bool
    withdrawn: bool = False

    @property
    def channel(self) -> str:
        """How answers come in that the household gives itself."""
        return "hanger" if self.code.kind == "hanger" else "self"


def address() -> str:
    """The throttle's key for whoever asks."""
    return throttle.address_key(current_app.installation.server, request.remote_addr or "")


def miss(*keys: str) -> None:
    """Count a wrong guess."""
    at = clock.now()
    current_app.installation.store.submit(lambda connection: throttle.miss(connection, at, *keys))


def find(typed: str, at: datetime, *, shown_before: bool = False, revoked_too: bool = False) -> OpenDoor:
    """The door of the code `typed`. Raises Mistyped, TooManyTries, CodeUnknown, BadgeAtTheDoor, CodeRevoked, NotHung,
    HangerVoid, DoorEnded. Whether the campaign is open is for the caller to ask: a form begun in time may still be sent.

    `shown_before`: the request proves that we showed this door's form, so it is no guess and never waits for others'.
    `revoked_too`: the request goes on with what was begun before, so a revoked code raises no CodeRevoked; `withdrawn` tells.
    """
    text = symbols.read(typed)
    with guesses_slowed(at, waits=not shown_before) as connection:
        return _find(connection, text, revoked_too)


def behind(connection: Connection, typed: str) -> OpenDoor:
    """As `find`, with a connection of `guesses_slowed` that reads other things too."""
    return _find(connection, symbols.read(typed), revoked_too=False)


def as_begun(found: OpenDoor, version: str) -> OpenDoor:
    """`found` with the version of the form that a page was made of, as the page says, where the campaign has a newer one by now:
    what was begun is judged by its own version."""
    if not version.isascii() or not version.isdigit() or int(version) in (0, found.form_id):
        return found
    with current_app.installation.store.read() as connection:
        form = served.household_form(connection, found.campaign.id, int(version))
        if form is None:
            return found
        return replace(found, form_id=int(version), form=served.at_door(connection, int(version), form, found.door.id))


@contextmanager
def guesses_slowed(at: datetime, waits: bool = True) -> Iterator[Connection]:
    """A connection to look a code up with. An unknown one counts as a miss, and after too many the answer is TooManyTries,
    while right codes still open (THR-4). `waits` is false when the request cannot be a guess."""
    try:
        with current_app.installation.store.read() as connection:
            if waits:
                throttle.check(connection, at, address(), times=throttle.FOR_CODES)
            yield connection
    except CodeUnknown:
        try:
            require_patience(at)
        finally:
            miss(address())
        raise


def require_patience(at: datetime) -> None:
    """Raises TooManyTries for an address that guessed too often."""
    with current_app.installation.store.read() as connection:
        throttle.check(connection, at, address())


def note_scan(found: OpenDoor, at: datetime) -> None:
    """Note the first scan of a code. Nobody waits for it, and nothing is lost but this note if it cannot be kept."""
    if found.code.opened_at is None:
        current_app.installation.store.submit_later(lambda connection: codes.opened(connection, found.code.id, at))


def _find(connection: Connection, text: str, revoked_too: bool) -> OpenDoor:
    found = doorway.behind(connection, current_app.installation.server, text)
    if found.code.kind == "badge":
        raise BadgeAtTheDoor(text)
    g.campaign = found.campaign
    if found.code.revoked_at and not revoked_too:
        raise CodeRevoked
    if found.code.state in ("lost", "spoiled") and not revoked_too:
        raise HangerVoid
    if found.door is None:
        raise NotHung
    if found.door.ended_at:
        raise DoorEnded
    withdrawn = found.code.revoked_at is not None and not codes.was_replaced(connection, found.code)
    form = served.at_door(connection, found.form_id, found.form, found.door.id)
    return OpenDoor(text, found.code, found.campaign, found.door, found.form_id, form, found.recorded, withdrawn)


def require_open(campaign: Campaign, at: datetime) -> None:
    """Raises NotOpen or Closed: for pages on which a new form begins."""
    submissions.is_late(campaign, at, at)


def only_campaign() -> Campaign | None:
    """The installation's one campaign that is not over, for pages on which no code was shown yet; None when it has several."""
    try:
        with current_app.installation.store.read() as connection:
            running = [each for each in campaigns.every(connection) if each.phase(clock.now()) != "closed"]
    except DBAPIError:
        return None  # the page that says so must still come
    return running[0] if len(running) == 1 else None


def whom_to_ask() -> Text:
    """As the campaign of this page says."""
    campaign = g.get("campaign")
    return campaign.terms.whom_to_ask if campaign else NO_PHONE
