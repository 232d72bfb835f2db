"""What is said about an answer that cannot be taken: what is wrong, and what to do."""
from __future__ import annotations

from forms.language import Text

REQUIRED = Text("这一项要填", "Please answer this question")
CHOOSE = Text("请选一项", "Please choose one")
CHOOSE_SOME = Text("请至少选一项", "Please choose at least one")
UNKNOWN_CHOICE = Text("这个选项不在列表里，请重新选", "That choice is not in the list; please choose again")
NOT_INTEGER = Text("请填整数，如 3", "Please write a whole number, like 3")
NOT_ON_SCALE = Text("请填 {start} 到 {end} 之间的数，每档 {step}", "Please give a number from {start} to {end}, in steps of {step}")
TOO_LARGE = Text("数太大了，请再看一遍", "This number is too large; please check it")
NOT_DECIMAL = Text("请填数字，如 85.5", "Please write a number, like 85.5")
NOT_DATE = Text("日期不对，请填年月日，如 19600508",
                "This date is not right; write year, month and day, like 19600508")
NOT_TIME = Text("时间不对，请按“时:分”填，如 14:05", "This time is not right; write hours:minutes, like 14:05")
NOT_MOMENT = Text("日期和时间不对，如 2026-03-10 14:05", "This date and time is not right; write it like 2026-03-10 14:05")
NOT_PLACE = Text("位置不对，请填“纬度 经度”，如 22.61 114.05",
                 "This position is not right; write latitude and longitude, like 22.61 114.05")
NOT_FILE = Text("这个文件名不能用，请换一个", "This file name cannot be used; please choose another")
NOT_WORKED_OUT = Text("这一项算不出来，请检查前面的答案", "This could not be worked out; please check the answers before it")
INVISIBLE = Text("有看不见的字符，已经去掉了。请看一遍，没问题就再提交一次",
                 "There was an invisible character; it has been taken out. Please check, then send again")
TOO_LONG = Text("写了 {count} 个字，最多 {limit} 个。请删短一些",
                "This has {count} characters, at most {limit} fit. Please shorten it")
CONSTRAINT = Text("这个答案不对，请再看一遍", "This answer is not right; please check it")
FUTURE = Text("出生日期还没到，请再看一遍", "This date of birth is in the future; please check it")
TOO_OLD = Text("出生日期在 130 年以前，请再看一遍", "This date of birth is more than 130 years ago; please check it")
NO_PERSONS = Text("至少要填一个人", "Please fill in at least one person")
TOO_MANY = Text("一次最多填 {limit} 个人，这里有 {count} 个。请先填 {limit} 个，其余的人请联系街道工作人员登记",
                "One form takes at most {limit} people, and here are {count}. "
                "Please send {limit} first, and ask the street office to record the others")
WRONG_SHAPE = Text("没有读懂这个答案，请重新填", "This answer could not be read; please fill it in again")

ID_LENGTH = Text("身份证号要 18 位，这里是 {count} 位，请数一数",
                 "A resident ID number has 18 characters, and this has {count}; please count them")
ID_CHARACTERS = Text("身份证号的前 17 位只能是数字，末位是数字或 X",
                     "The first 17 characters of a resident ID number are digits, the last is a digit or X")
ID_BIRTH = Text("身份证号第 7 到 14 位不是一个日期，有一位写错了",
                "Characters 7 to 14 of this ID number are no date; one digit is wrong")
ID_CHECK = Text("身份证号有一位写错了（末位的校验码对不上）",
                "One digit of this ID number is wrong (its check digit does not fit)")
ID_BIRTH_DATE = Text("身份证号和出生日期对不上，请看是哪一个写错了",
                     "This ID number does not match the birth date; please see which one is wrong")
ID_SEX = Text("身份证号和性别对不上，请看是哪一个选错了",
              "This ID number does not match the sex; please see which one is wrong")


def unanswered(kind: str, choices: bool) -> Text:
    """What is said of a question of this type that has to be answered."""
    return REQUIRED if not choices else CHOOSE_SOME if kind == "select_multiple" else CHOOSE
