"""Photos and other files of phones: in chunks, then kept with the form or report that names them (campaigns.arriving)."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flask import current_app, request

from campaigns import attachments, filetypes, filled, reports
from campaigns.arriving import LARGEST_CHUNK, Arriving, Progress
from campaigns.attachments import SUBMISSIONS, Folder, Kept, Owner
from campaigns.deliveries import taking
from campaigns.deliveries.items import ITEM, Answer, BadItem
from campaigns.people import User
from campaigns.submissions import Intake
from forms.language import Refusal

__all__ = ["LARGEST_CHUNK", "add", "join_waiting", "progress"]

_DIGEST = re.compile(r"[0-9a-f]{64}")


class OthersItem(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这个文件属于别人发的一份表，没有保存。请用发表的那个工牌登录后再发。",
                         "This file belongs to a form that somebody else sent, so it was not kept. Sign in with the badge that sent it.")


class NotInTheForm(Refusal):
    status = 409

    def __init__(self):
        super().__init__("表里没有提到这个文件，没有保存。", "The form does not name this file, so it was not kept.")


def _folder(intake: Intake) -> Folder:
    return Folder(current_app.installation.settings.attachments / intake.campaign.slug, intake.key)


def _arriving(intake: Intake, user: User) -> Arriving:
    return Arriving(_folder(intake).path / "arriving" / str(user.id), intake.key)


def _check(intake: Intake, user: User, item: str, name: str) -> None:
    """Raises BadItem, BadName, and OthersItem for what somebody else sent (ARR-4)."""
    if not ITEM.fullmatch(item):
        raise BadItem("id")
    filled.check_name(name)
    with current_app.installation.store.read() as connection:
        sender = taking.sender_of(connection, intake.campaign.id, item)
    if sender not in (None, user.id):
        raise OthersItem


def progress(intake: Intake, user: User, item: str, name: str) -> dict:
    """How much of a file is here: {have, complete}."""
    _check(intake, user, item, name)
    kept = _kept_size(intake, item, name)
    if kept is not None:
        return _said(Progress(kept, True))
    digest = request.headers.get("X-File-Digest", "").lower()
    found = _arriving(intake, user).progress(item, name, digest if _DIGEST.fullmatch(digest) else "")
    if found.complete and _delivered(intake, item):
        return _said(Progress(found.have, False))  # whole, but cut off before it was kept: the next request, however empty, keeps it
    return _said(found)


def _said(found: Progress) -> dict:
    return {"have": found.have, "complete": found.complete}


def add(intake: Intake, user: User, item: str, name: str, chunk: bytes, at: datetime, *, hold: bool) -> tuple[dict, int]:
    """Take a chunk; the answer and its status. Raises BadItem, BadName, OthersItem, WrongFile, TooMuchWaiting and, once the file is whole,
    WrongKind, NotInTheForm, AttachmentTaken."""
    _check(intake, user, item, name)
    size, digest = _number("X-File-Size", request.headers.get("X-File-Size")), request.headers.get("X-File-Digest", "").lower()
    offset = _number("offset", request.args.get("offset", "0"))
    if size > current_app.installation.settings.max_upload or not _DIGEST.fullmatch(digest):
        raise BadItem("X-File-Digest")
    if _kept_size(intake, item, name) == size:
        return _said(Progress(size, True)), 200
    found = _arriving(intake, user).add(item, name, size, digest, offset, chunk)
    if found.complete and not hold:
        answer = _delivered(intake, item)
        if answer:
            _join(intake, user, item, answer, at, only=attachments.name_mac(intake.key, name).hex())
    return _said(found), 200


def _number(name: str, text: str | None) -> int:
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise BadItem(name)
    return int(text)


def join_waiting(intake: Intake, user: User, answers: Iterable[dict], at: datetime) -> None:
    """Keep the whole files that waited for the forms and reports just taken in."""
    if not _arriving(intake, user).folder.exists():
        return
    for each in answers:
        if each["status"] in ("taken", "again", "conflict") and each.get("files"):
            answer = _delivered(intake, each["id"])
            if answer:
                try:
                    _join(intake, user, each["id"], answer, at)
                except Refusal:
                    continue  # the phone asks for this file, and is told then


def _delivered(intake: Intake, item: str) -> Answer | None:
    with current_app.installation.store.read() as connection:
        return taking.answer_of(connection, intake.campaign.id, item)


def _owner(answer: Answer) -> tuple[Owner, int] | None:
    if "submission" in answer.private:
        return SUBMISSIONS, answer.private["submission"]
    if "report" in answer.private:
        return reports.FILES, answer.private["report"]
    return None


def _kept_size(intake: Intake, item: str, name: str) -> int | None:
    """The size of a file that is kept already."""
    with current_app.installation.store.read() as connection:
        answer = taking.answer_of(connection, intake.campaign.id, item)
        owner = answer and _owner(answer)
        return attachments.size_of(connection, intake.key, owner[1], name, owner[0]) if owner else None


def _join(intake: Intake, user: User, item: str, answer: Answer, at: datetime, only: str = "") -> None:
    """Keep the whole files of `item` with what it became; `only`: the one with this keyed name."""
    arriving, kinds, owner = _arriving(intake, user), answer.private.get("files") or {}, _owner(answer)
    wanted = {only} if only else set(kinds)
    for name_mac, path in arriving.whole(item, wanted):
        kind = kinds.get(name_mac)
        if owner is None or kind is None:
            arriving.drop(path)
            raise NotInTheForm
        _keep(intake, arriving, path, kind, owner, at)


def _keep(intake: Intake, arriving: Arriving, path: Path, kind: str, owner: tuple[Owner, int], at: datetime) -> None:
    with arriving.open(path) as content:
        head = content.peek(filetypes.HEAD)[:filetypes.HEAD]
        try:
            filled.check_kind(kind, head)
        except filled.WrongKind:
            arriving.drop(path)
            raise
        folder = _folder(intake)
        kept = folder.keep(arriving.name_of(path), kind, content)
    _commit(intake, folder, kept, owner, at)
    arriving.drop(path)


def _commit(intake: Intake, folder: Folder, kept: Kept, owner: tuple[Owner, int], at: datetime) -> None:
    added: list[Kept] = []
    try:
        folder.settle()
        added = current_app.installation.store.submit(lambda connection: attachments.add(
            connection, intake.key, intake.campaign, owner[1], [kept], at, owner[0]))
    finally:
        if kept not in added:
            folder.drop(kept.file)
