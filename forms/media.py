"""The files that a form refers to: lists to look things up in, and the pictures, recordings and films beside its words.

MED-1 Every file that the form names must be given; what it does not name is not kept.
MED-2 A name is a name: no folders, nothing hidden, at most 100 characters.
MED-3 A picture is a picture by its content, sound is sound, a film a film; a list must be readable.
MED-4 One file has at most LARGEST bytes, all together LARGEST_ALL.
MED-5 A CSV is kept as apps read it: UTF-8, without empty lines and blanks around cells.
"""
from __future__ import annotations

from collections.abc import Mapping

from forms.devices import DOORS
from forms.form import Form
from forms.language import Refusal, Text
from forms.model.external import tidied

LARGEST = 20 * 1024 * 1024
LARGEST_ALL = 60 * 1024 * 1024
LIST, PICTURE, SOUND, FILM = "list", "image", "audio", "video"
_KINDS = {"image": PICTURE, "big-image": PICTURE, "audio": SOUND, "video": FILM}
_OF_OURS = {DOORS, "itemsets.csv"}
KIND_WORDS = {LIST: Text("可用的列表", "a list that can be read"), PICTURE: Text("图片", "a picture"), SOUND: Text("录音", "sound"),
              FILM: Text("视频", "a film")}


class FilesLacking(Refusal):
    def __init__(self, names: list[str]):
        super().__init__("问卷要用的文件没有找到：{names}。请把它们放进一个文件夹，用 --media 指出来。",
                         "These files that the form needs were not found: {names}. Put them into a folder and name it with --media.",
                         names=", ".join(names))


class BadFileName(Refusal):
    def __init__(self, name: str):
        super().__init__("问卷里的文件名“{name}”不能用：不能含路径，最多 100 个字符。请改短、去掉文件夹。",
                         "The file name “{name}” in the form cannot be used: no folders, 100 characters at most. Shorten it, without "
                         "a folder.", name=name)


class FileTooLarge(Refusal):
    def __init__(self, name: str, most: int):
        super().__init__("文件“{name}”太大：一个最多 {most} MB，全部最多 {all} MB。请缩小后再试。",
                         "The file “{name}” is too large: {most} MB for one, {all} MB for all. Make it smaller and try again.",
                         name=name, most=LARGEST // 2**20, all=LARGEST_ALL // 2**20)
        self.most = most


class NotThatKind(Refusal):
    def __init__(self, name: str, kind: str):
        super().__init__("文件“{name}”的内容不是{kind}。请换成正确的文件。",
                         "What is in the file “{name}” is not {kind}. Choose another file.",
                         name=name, kind=KIND_WORDS[kind])


def plain_name(written: str) -> str:
    """"jr://images/a.png" -> "a.png"; a name with folders keeps them, to be refused."""
    if written.startswith("jr://"):
        return written[5:].partition("/")[2]
    return written


def wanted(form: Form) -> dict[str, str]:
    """The kind of every file that a form needs, by name, in order; what the server makes itself is not among them."""
    lists = [plain_name(src) for src in form.definition.external.values() if not src.startswith("jr://instance/")]
    media = sorted((plain_name(src), _KINDS[kind]) for kind, src in form.definition.texts.files() if src.strip())
    found = {name: LIST for name in lists if name not in _OF_OURS}
    for name, kind in media:
        found.setdefault(name, kind)
    return found


def take(form: Form, given: Mapping[str, bytes], is_kind) -> dict[str, bytes]:
    """Of the files `given` those that the form needs. `is_kind(kind, head)` tells whether a file that begins so is of a kind.

    Raises FilesLacking, BadFileName, FileTooLarge, NotThatKind."""
    names = wanted(form)
    for name in names:
        if not name or len(name) > 100 or name.startswith(".") or any(symbol in "/\\" or ord(symbol) < 32 for symbol in name):
            raise BadFileName(name)
    lacking = [name for name in names if name not in given]
    if lacking:
        raise FilesLacking(lacking)
    taken: dict[str, bytes] = {}
    for name, kind in names.items():
        content = given[name]
        if len(content) > LARGEST or sum(map(len, taken.values())) + len(content) > LARGEST_ALL:
            raise FileTooLarge(name, LARGEST)
        if not content or kind != LIST and not is_kind(kind, content[:64]):
            raise NotThatKind(name, kind)
        taken[name] = tidied(content) if name.endswith(".csv") else content
    return taken
