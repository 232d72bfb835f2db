"""Photos and other files on the pages of a form: taken in with every step, shown again, removed, sent along at the end.

With each post the files that it brings are kept at once (campaigns.held), and from then on the page knows them by name as
any other answer. So it works the same with and without script, and going back loses nothing.
"""
from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from flask import current_app
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from campaigns import attachments, filetypes, held, receipts, submissions
from campaigns.attachments import Folder, Kept
from campaigns.campaign import Campaign
from forms.answers import AnswerError, files_in
from forms.form import Form
from forms.handlers import FILES
from forms.language import Refusal, Text
from survey.questionnaire.carried import question_at, read
from survey.questionnaire.fields import field_name

MOST_BYTES = {"image": 25_000_000}
_LONGEST_STEM = 60
_NOT_IN_NAMES = re.compile(r"[^\w.\-]+")
GONE = Text("这个文件已经不在了（太久没有提交），请重新选一次", "This file is no longer here (the form was not sent for too long); "
            "please choose it again")
UNSET = "unset:"


class NotThisKind(Refusal):
    status = 415

    def __init__(self, kind: str):
        words = {"image": ("照片", "a picture"), "audio": ("录音", "a sound recording"), "video": ("视频", "a video")}[kind]
        super().__init__(f"选的文件不是{words[0]}，没有收下。请重新选择。", f"The file is not {words[1]}, so it was not kept. "
                         "Please choose another one.")


class EmptyFile(Refusal):
    def __init__(self):
        super().__init__("选的文件是空的，没有收下。请重新拍摄或选择。",
                         "The file is empty, so it was not kept. Please take or choose it again.")


class TooLarge(Refusal):
    status = 413

    def __init__(self, most: int):
        super().__init__("文件太大，没有收下。最大 {most} MB，请选小一点的，或用较低的清晰度重拍。",
                         "The file is too large, so it was not kept. The most is {most} MB: choose a smaller one, or take it again "
                         "in a lower quality.", most=most // 1_000_000)


@dataclass(frozen=True)
class Shown:
    """A file as a page shows it. `src`: where its content is, "" where it is not shown again. `size` in bytes, 0 unknown."""

    name: str
    src: str = ""
    size: int = 0


class Shelf(Protocol):
    """Where the files of one filling lie until it is sent."""

    most: int

    def keep(self, name: str, kind: str, content: BinaryIO) -> None: ...
    def forget(self, name: str) -> None: ...
    def shown(self, name: str) -> Shown: ...


def received(form: Form, post: MultiDict, files: MultiDict, shelf: Shelf) -> tuple[MultiDict, dict[tuple, Text]]:
    """The post with the name of each file that came as the answer, and what is wrong with the others, by path."""
    if not form.files:
        return post, {}
    taken, wrong = MultiDict(post), {}
    drop = post.get("_do", "").partition(UNSET)[2]
    for path in read(post.get("_state", "")).fields:
        question = question_at(form, path)
        if question is None or question.type not in FILES:
            continue
        field = field_name(path[:-1], question)
        file = next((one for one in files.getlist(field) if one.filename), None)
        if field == drop:
            shelf.forget(taken.get(field, ""))
            taken.setlist(field, [])
        elif file is not None:
            try:
                name = keep(shelf, question.type, file)
            except Refusal as refusal:
                wrong[path] = refusal.text
            else:
                if taken.get(field):
                    shelf.forget(taken[field])
                taken.setlist(field, [name])
    return taken, wrong


def keep(shelf: Shelf, kind: str, file: FileStorage, name: str = "") -> str:
    """Keep a file if it is what the form asks for; its name in the answers. `name`: where the answers name it already. Raises
    TooLarge, EmptyFile, NotThisKind."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    head = file.stream.read(filetypes.HEAD)
    file.stream.seek(0)
    most = MOST_BYTES.get(kind, shelf.most)
    if size > most:
        raise TooLarge(most)
    if not size:
        raise EmptyFile
    if not filetypes.fits(kind, head):
        raise NotThisKind(kind)
    name = name or named(file.filename)
    shelf.keep(name, kind, file.stream)
    return name


def named(filename: str) -> str:
    """The name of a file in the answers: its own, made plain, and unlike any other."""
    plain = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    stem, dot, ending = _NOT_IN_NAMES.sub("_", plain).rpartition(".")
    ending = ending if dot and len(ending) <= 10 else ""
    stem = (stem or ending).strip("._")[:_LONGEST_STEM] or "file"
    return f"{stem}-{secrets.token_hex(4)}" + (f".{ending}" if ending else "")


class DoorShelf:
    """The files of one instance at one door. `path`: the address below which its files are shown."""

    def __init__(self, campaign: Campaign, door_id: int, instance, path: str, at: datetime):
        here = current_app.installation
        self.campaign, self.door_id, self.instance, self.path, self.at = campaign, door_id, instance, path, at
        self.key, self.most = here.keyring.campaign(campaign.slug), here.settings.max_upload
        self.folder = Folder(here.settings.attachments / campaign.slug, self.key)
        self._held: dict[str, Kept] | None = None

    def keep(self, name: str, kind: str, content: BinaryIO) -> None:
        submissions.is_late(self.campaign, self.instance.began, self.at)
        kept = self.folder.keep(name, kind, content)
        try:
            self.folder.settle()
            late = current_app.installation.store.submit(lambda connection: (
                held.hold(connection, self.key, self.campaign, self.door_id, self.instance.id, kept, self.at),
                held.expire(connection, self.campaign.id, self.at))[1])
        except BaseException:
            self.folder.drop(kept.file)
            raise
        held.drop(self.folder, late)
        self._held = None

    def forget(self, name: str) -> None:
        if name:
            held.drop(self.folder, current_app.installation.store.submit(
                lambda connection: held.forget(connection, self.key, self.campaign.id, self.instance.id, name)))
            self._held = None

    @property
    def held(self) -> dict[str, Kept]:
        if self._held is None:
            with current_app.installation.store.read() as connection:
                self._held = held.of_instance(connection, self.key, self.campaign.id, self.instance.id)
        return self._held

    def shown(self, name: str) -> Shown:
        kept = self.held.get(name)
        return Shown(name, f"{self.path}/{kept.file}", kept.size) if kept else Shown(name)

    def gone(self, form: Form, answers: dict, before: set[str]) -> list[AnswerError]:
        """The answers that name a file which is neither held nor among `before`, those of the corrected submission."""
        return [AnswerError(path, GONE) for path, name, _ in files_in(form, answers)
                if name not in before and name not in self.held]


def before(connection, server, key, dwelling_id: int, receipt: str | None) -> set[str]:
    """The names of what the submission with this receipt has already (ATT-4); none for a wrong one."""
    if not receipt:
        return set()
    try:
        mine = receipts.submission_of(connection, server, dwelling_id, receipt)
    except receipts.WrongReceipt:
        return set()
    return set(attachments.of_submission(connection, key, submissions.current(connection, mine)))


def look(campaign: Campaign, door_id: int, file: str) -> Response | None:
    """The content of a file that a page of this door brought and that is not sent yet; None for no such file."""
    here = current_app.installation
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        kept = held.at_door(connection, key, door_id, file)
    if kept is None:
        return None
    return content(b"".join(Folder(here.settings.attachments / campaign.slug, key).read(kept.file)))


def content(data: bytes) -> Response:
    """The bytes of somebody's file: shown if it can hold no script, else only handed out."""
    kind = filetypes.shown_as(data[:filetypes.HEAD])
    answer = Response(data, content_type=kind or "application/octet-stream")
    if not kind:
        answer.headers["Content-Disposition"] = "attachment"
    return answer
