"""The sentences around the questions."""
from __future__ import annotations

import json
from functools import lru_cache

from forms import messages
from forms.language import Text

ERROR_TITLE = Text("还没有提交，请先改这几处", "Not sent yet. Please correct these first")
ERROR_LINE = Text("{where}{label}：{error}", "{where}{label}: {error}")
ERROR = Text("错误：", "Error: ")
COMMA = Text("，", ", ")
OPTIONAL = Text("（可不填）", "(optional)")
CHOOSE = Text("请选择", "Please choose")
DATE_HINT = Text("8 位数字，年月日，如 20260308", "8 digits, year month day, like 20260308")
BIRTH_HINT = Text("8 位数字，年月日，如 19600508", "8 digits, year month day, like 19600508")

PERSON = Text("第 {number} 人", "Person {number}")
COPY_PERSON = Text("和第 1 人一样的照抄", "Copy what is the same as for person 1")
COPIED = Text("已照抄：{labels}", "Copied: {labels}")
COPY_ENTRY = Text("照样再加一份", "Copy")
FILTER = Text("写几个字查找", "Type a few letters to search")
FILTERED = Text("找到 {count} 个", "{count} found")
DRAFT_FOUND = Text("上次没填完，是 {when} 存在这部手机里的。继续填写？",
                   "You did not finish last time; it was kept on this phone {when}. Go on with it?")
DRAFT_EARLIER = Text("登记表换了新版本，上次填的会带过来，请从头看一遍，有新加的题请补上。",
                     "There is a new version of the form. What you had filled in goes over to it; please look through it from the "
                     "start, as some questions may be new. ")
DRAFT_GO_ON = Text("继续填写", "Go on")
DRAFT_ANEW = Text("不要了，重新填", "Begin anew")
ADD_PERSON = Text("再加一个人", "Add another person")
REMOVE_PERSON = Text("删除第 {number} 人", "Remove person {number}")
CONFIRM_REMOVE = Text("删除第 {number} 人？这个人已填的内容会一起删掉。",
                      "Remove person {number}? What was filled in for this person goes too.")
REMOVED = Text("已删除第 {number} 人", "Person {number} removed")
ADDED = Text("已加上第 {number} 人", "Person {number} added")
FILLED_FROM_ID = Text("已按身份证号填好出生日期和性别", "Birth date and sex filled in from the ID number")

CHARACTERS_LEFT = Text("还可以写 {count} 个字", "{count} characters left")
CHARACTERS_OVER = Text("多写了 {count} 个字", "{count} characters too many")

ONLY_IF = Text("只有{conditions}才填", "Only if {conditions}")
ONLY_IF_NEEDED = Text("用得着才填；用不着的会自动略过", "Only where it applies; otherwise it is left out")
IS = Text("“{question}”选{answers}", "“{question}” is {answers}")
IS_NOT = Text("“{question}”不选{answers}", "“{question}” is not {answers}")
QUOTED = Text("“{words}”", "“{words}”")
OR = Text("或", " or ")
AND = Text("，并且", " and ")

# ---- page by page ----

PROGRESS = Text("第 {number} 部分，共 {total} 部分", "Part {number} of {total}")
NEXT = Text("下一步", "Next")
BACK = Text("上一步", "Back")
NONE_GO_ON = Text("没有，下一步", "None, go on")
ENTRY_DONE = Text("填好了，回到清单", "Done, back to the list")
TO_REVIEW = Text("改好了，回到核对页", "Done, back to checking")
SEND = Text("提交登记", "Send")
SENDING = Text("正在提交…", "Sending…")
REVIEW = Text("请核对一遍，再提交", "Please check your answers, then send")
CHANGE = Text("修改", "Change")
CHANGE_ENTRY = Text("查看或修改", "Look or change")
REMOVE_ENTRY = Text("删除", "Remove")
REMOVE_SURE = Text("确定删除“{title}”", "Yes, remove “{title}”")
ENTRY_REMOVED = Text("已删除，其余的都还在。", "Removed. All the others are still there.")
ENTRY = Text("第 {number} 份", "No. {number}")
ADD_FIRST = Text("添加第一份", "Add the first one")
ADD_MORE = Text("再添加一份", "Add another one")
NO_ENTRIES = Text("还没有添加。", "Nothing added yet.")
NEEDS_ENTRY = Text("至少要添加一份", "Please add at least one")
CONTINUED = Text("{title}（续）", "{title} (continued)")
NOTHING_FILLED = Text("这一部分没有填", "Nothing filled in here")
PAGE_ERROR_TITLE = Text("这一页还有几处要改", "Please correct these on this page")
MORE_ASKED = Text("根据您的回答，这一页多了几个问题，请接着填。", "Your answers bring up a few more questions on this page. "
                  "Please fill them in.")
MORE_SHOWN = Text("下面的问题有变化", "The questions below have changed")
PART = Text("第 {number} 部分", "Part {number}")
FORM_LANGUAGE = Text("问题用哪种语言", "Language of the questions")
SHOW_LANGUAGE = Text("换成这种语言", "Show this language")
LIST_COMMA = Text("、", ", ")
AGREED = Text("我已看过，同意", "I have read this and agree")
PLACE = Text("第 {number} 位", "Place {number}")
RANK_HINT = Text("从最重要的开始选，每项选一次。", "Begin with the most important one; choose each once.")
RANK_TWICE = Text("有一项选了两次，每项只能选一次", "One was chosen twice; please choose each only once")
RANK_ALL = Text("请把每一位都选好", "Please choose one for each place")
RANGE_HINT = Text("从 {start} 到 {end}，每档 {step}", "From {start} to {end}, in steps of {step}")
MONTH_HINT = Text("年和月，如 2026-03", "Year and month, like 2026-03")
YEAR_HINT = Text("4 位数字的年份，如 2026", "The year in 4 digits, like 2026")
NOTHING_OFFERED = Text("现在没有可选的，请先回答前面的问题。", "There is nothing to choose yet; please answer the questions before it.")
SCAN = Text("用摄像头扫码", "Scan with the camera")
POSITION = Text("使用手机现在的位置", "Use this phone’s position")
ADD_POINT = Text("把现在的位置加进去", "Add this phone’s position")
PLACE_HINT = Text("按下面的按钮，或者手工填纬度和经度，如 22.61 114.05",
                  "Press the button below, or type latitude and longitude, like 22.61 114.05")
TRACE_HINT = Text("网页上不能在地图上画。请每行写一个点：纬度 经度；也可以走到每个拐角，按一次按钮。",
                  "A page cannot draw on a map. Write one point a line: latitude longitude; or walk to each corner and press the "
                  "button there.")
POINTS = Text("{count} 个点", "{count} points")
FILE_THERE = {"image": Text("照片已收到", "The picture is here"), "audio": Text("录音已收到", "The recording is here"),
              "video": Text("视频已收到", "The film is here"), "file": Text("文件已收到", "The file is here")}
FILE_CHOOSE = {"image": Text("拍照或选一张照片", "Take or choose a picture"), "audio": Text("录音或选一个录音", "Record or choose sound"),
               "video": Text("拍摄或选一段视频", "Film or choose a video"), "file": Text("选一个文件", "Choose a file")}
FILE_REPLACE = {"image": Text("换一张", "Another picture instead"), "audio": Text("换一个录音", "Another recording instead"),
                "video": Text("换一段视频", "Another film instead"), "file": Text("换一个文件", "Another file instead")}
FILE_REMOVE = Text("删除", "Remove")
UPLOADING = Text("正在上传… {percent}%", "Uploading… {percent}%")
NOT_UPLOADED = Text("没有传上去，可能没有网络。按“下一步”时会再传一次。",
                    "It was not uploaded; perhaps there is no network. It is sent again with “Next”.")
TOO_LARGE_TO_SEND = Text("文件太大（{size} MB），请选小一点的。", "The file is too large ({size} MB); choose a smaller one.")
DRAW_HINT = Text("在框里用手指写或画；也可以打字，或在纸上写好拍照。",
                 "Write or draw in the frame with a finger; or type it, or do it on paper and take a photo.")
ANNOTATE_HINT = Text("先选一张照片，再用手指在上面画。", "Choose a picture first, then draw on it with a finger.")
DRAW_CLEAR = Text("擦掉重来", "Wipe and begin again")
DRAW_DONE = Text("写好了，就用这个", "Done, use this")
DRAW_NAME = Text("或者打字代替签名", "Or type the name instead")
DRAW_TYPED = Text("用打的字", "Use what is typed")
ALT = Text("{label}的图片", "Picture: {label}")
NO_MEDIA = {"image": Text("这里原有一张图片，网页上看不到。", "There is a picture here that this page cannot show."),
            "audio": Text("这里原有一段录音，网页上听不到。", "There is a recording here that this page cannot play."),
            "video": Text("这里原有一段视频，网页上看不到。", "There is a video here that this page cannot play.")}
NO_MEDIA["big-image"] = NO_MEDIA["image"]
NO_PAGES = Text("这份问卷现在没有要问的问题。", "This form asks nothing just now.")
NOT_WORKED_OUT = Text("有一项算不出来，请返回检查刚才的答案。",
                      "Something could not be worked out. Please go back and check your last answers.")
LOOKING = Text("正在找位置，请等一下…", "Looking for the position, one moment…")
POSITION_FOUND = Text("已填好，误差约 {meters} 米", "Filled in, within about {meters} metres")
NO_POSITION = Text("没有拿到位置。请允许浏览器使用位置，或者手工填写。",
                   "No position came. Allow the browser to use it, or type it in.")
NO_CAMERA = Text("不能用摄像头。请允许浏览器使用摄像头，或者手工填写。",
                 "The camera cannot be used. Allow the browser to use it, or type it in.")


@lru_cache(maxsize=8)
def script_words(language: str) -> str:
    """The sentences that `static/questionnaire.js` says, as JSON."""
    said = {"left": CHARACTERS_LEFT, "over": CHARACTERS_OVER, "remove": CONFIRM_REMOVE,
            "removed": REMOVED, "added": ADDED, "person": PERSON, "removePerson": REMOVE_PERSON,
            "idLength": messages.ID_LENGTH, "idCharacters": messages.ID_CHARACTERS, "idBirth": messages.ID_BIRTH,
            "idCheck": messages.ID_CHECK, "idBirthDate": messages.ID_BIRTH_DATE, "idSex": messages.ID_SEX,
            "filled": FILLED_FROM_ID, "integer": messages.NOT_INTEGER, "decimal": messages.NOT_DECIMAL,
            "copied": COPIED, "filtered": FILTERED, "more": MORE_SHOWN,
            "looking": LOOKING, "found": POSITION_FOUND, "noPosition": NO_POSITION,
            "noCamera": NO_CAMERA, "uploading": UPLOADING,
            "notUploaded": NOT_UPLOADED, "tooLarge": TOO_LARGE_TO_SEND}
    return json.dumps({name: text.to(language) for name, text in said.items()}, ensure_ascii=False)
