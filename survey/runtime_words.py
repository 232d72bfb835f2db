"""The sentences of the forms that are filled in the browser: those of the server's pages, and a few more."""
from __future__ import annotations

import hashlib
import json
from functools import cache

from forms import messages
from forms.language import LANGUAGES, Text
from survey.questionnaire import words as questionnaire_words

CHOOSE_ONE = messages.CHOOSE
TRACE_POINTS = Text("走到每个拐角，按一次“加进去”；也可以每行写一个点：纬度 经度。",
                    "Walk to each corner and press “Add” there; or write one point a line: latitude longitude.")
UNDO_POINT = Text("去掉最后一个点", "Take the last point away")
FILTER_FIRST = Text("还有 {count} 项没有显示，写几个字就能找到。", "{count} more are not shown; type a few letters to find them.")
FILTER_REST = Text("其余 {count} 项不符合。", "The other {count} do not match.")
WORKING = Text("正在处理…", "One moment…")
FILE_KEPT = Text("已存好。", "Kept.")
FILE_REMOVED = Text("已去掉。", "Removed.")
REMOVE_FILE = Text("去掉，重新选", "Remove it")
NO_PICTURE = Text("这张照片打不开，没有存。请重新拍一张，或换一个 JPEG 文件。",
                  "This picture cannot be opened, so it was not kept. Take it again, or choose a JPEG file.")
CLOSED_LINE = Text("线的终点和起点是同一个地方，请去掉最后一个点", "The line ends where it began; please leave out the last point")
AIM = Text("请对准条码或二维码。再按一次按钮就停。", "Point the camera at the code. Press the button again to stop.")
SCANNED = Text("扫到了，请核对。", "Read; please check it.")
EMPTY_FILE = Text("选的文件是空的，没有存。请重新录制或选择。", "The file is empty, so it was not kept. Take or choose it again.")
NOT_SOUND = Text("选的文件不是录音，没有存。请重新选择。",
                 "The file is not a sound recording, so it was not kept. Please choose another one.")
NOT_A_FILM = Text("选的文件不是视频，没有存。请重新选择。", "The file is not a video, so it was not kept. Please choose another one.")
YOUR_PICTURE = Text("您选的照片", "Your picture")
PICTURE_HERE = Text("有照片", "a picture")
DRAWING_HERE = Text("已写好、画好", "written or drawn")
DRAW_HERE = Text("用手指在方框里写或画。", "Write or draw in the box with a finger.")
OR_TYPE_NAME = Text("不方便手写，就在这里打出姓名", "Or type the name here")
OR_TYPE_WORDS = Text("不方便手画，就在这里打字", "Or type words here")
CLEAR_DRAWING = Text("擦掉重来", "Clear and begin again")
PHOTO_TO_MARK = Text("先选一张照片", "Choose a photo first")
KEEP_FOR_LATER = Text("先存着，以后再填", "Keep it and go on later")
NOT_SENT = Text("没有送出去，可能没有网络。您填的都还在，有网络时请再按“提交登记”。",
                "Not sent; perhaps there is no network. Everything you filled in is still here: press “Send” again when there is one.")


@cache
def words_json() -> bytes:
    """All sentences in all languages: {"zh": {NAME: sentence}, ...}."""
    found = {name: text for sentences in (vars(messages), vars(questionnaire_words), globals())
             for name, text in sentences.items() if isinstance(text, Text)}
    found |= {f"{name}_{kind}": text for name in ("FILE_CHOOSE", "FILE_REPLACE")
              for kind, text in getattr(questionnaire_words, name).items()}
    said = {code: {name: text.to(code) for name, text in found.items()} for code in LANGUAGES}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def words_digest() -> str:
    return hashlib.sha256(words_json()).hexdigest()[:16]
