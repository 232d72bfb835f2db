"""The sentences around the questions."""
from forms.language import Text

ERROR_TITLE = Text("还没有提交，请先改这几处", "Not sent yet. Please mend these first")
ERROR_LINE = Text("{where}{label}：{error}", "{where}{label}: {error}")
ERROR = Text("错误：", "Error: ")
COMMA = Text("，", ", ")
OPTIONAL = Text("（可不填）", "(optional)")
CHOOSE = Text("请选择", "Please choose")
DATE_HINT = Text("8 位数字，年月日，如 19600508", "8 digits, year month day, like 19600508")

PERSON = Text("第 {number} 人", "Person {number}")
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
