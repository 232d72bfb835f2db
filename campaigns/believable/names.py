"""Names as they are spread over China: surnames by frequency, given names by decade and sex, and the ones that break
software: rare characters inside and outside the BMP, compound surnames, middle dots, Latin letters.

Surname shares follow the household-registration figures that the Ministry of Public Security publishes (per 10,000).
"""
from __future__ import annotations

from random import Random

_SURNAMES = """王725 李719 张683 刘538 陈453 杨308 赵229 黄223 周212 吴205 徐167 孙154 胡131 朱126 高121 林118 何117 郭115
马105 罗86 梁84 宋81 郑78 谢72 韩68 唐65 冯64 于62 董61 程57 曹57 袁54 邓54 许54 肖53 傅51 沈50 曾50 彭49 吕47 苏47 卢47
蒋47 蔡46 贾42 丁42 魏42 薛42 叶42 阎41 余41 潘41 杜40 戴40 夏39 钟38 汪38 田38 任38 姜37 范37 方37 石37 姚37 谭36 廖36
邹34 熊33 金32 陆32 郝32 孔31 白31 崔30 康30 毛29 邱29 秦29 江29 史28 顾27 侯27 邵26 孟26 龙26 万26 段25 雷25 钱23 汤23
尹23 黎22 易22 常22 武21 乔21 贺20 赖20 龚20 文20 仇4 单4 区3 查3 解3 乐2 翟12 冼2 逄2 亓2 欧阳7 上官2 司马1 诸葛1 皇甫1
尉迟1 夏侯1 令狐1 司徒1 慕容1"""
_FAMILY = [item.rstrip("0123456789") for item in _SURNAMES.split()]
_FAMILY_TO = []
for _item in _SURNAMES.split():
    _FAMILY_TO.append((_FAMILY_TO[-1] if _FAMILY_TO else 0) + int(_item.lstrip("".join(_FAMILY))))

# From this year of birth on: share of one-character names, then characters for one alone, first of two, second of two.
_MALE = (
    (0, .12, "林山海明福祥", "建国志德永玉振文庆金长广继兆传", "国华军明林生山海祥福民亮平义田"),
    (1962, .30, "伟强勇军磊涛刚超杰鹏波斌辉飞峰", "建志晓海文国永卫新玉", "峰明东伟刚强辉勇华军涛平波林"),
    (1986, .27, "杰鑫浩凯帅宇阳晨博洋", "子志文俊嘉天晓明家世", "豪杰轩鹏宇龙辉航文凯林哲"),
    (2001, .06, "轩睿宸泽", "子梓浩宇俊奕沐铭泽嘉辰一家景", "轩宇涵睿辰泽博然熙墨宸航霖诺"),
)
_FEMALE = (
    (0, .10, "英兰珍芳芬", "秀桂玉凤淑素兰翠爱春月金庆", "英兰珍芳荣华梅云霞琴花娥香莲"),
    (1962, .28, "芳娜敏静丽艳娟霞燕玲红婷", "晓丽海春红雪秀玉淑爱", "红丽燕娟霞敏梅玲萍芳华云艳"),
    (1986, .24, "婷悦倩雪颖琳莹璐", "思雨佳梦晓文诗欣雅慧", "雨琪怡婷颖瑶莹雪琳洁婕萌"),
    (2001, .05, "悦妍彤", "子梓欣雨诗若可语沐依一奕书清", "涵萱怡妍汐诺彤馨瑶晴宁桐冉玥"),
)
# Legal in names, missing from many fonts and from software that stops at 16 bits.
_RARE = "喆堃翀燊淼骉犇㛃䶮㐂𠮷𫖯𬭎𬱖"
_RARE_SHARE = 0.006

_UYGHUR = {"1": "买买提 艾力 吐尔逊 阿卜杜热西提 玉素甫 卡德尔 依明 艾合买提 努尔买买提".split(),
           "2": "阿依古丽 古丽娜尔 热依汗 帕提古丽 米热古丽 阿依谢姆 祖丽胡马尔".split()}
_KAZAKH = {"1": "叶尔兰 巴合提 哈力别克 努尔兰".split(), "2": "阿依达娜 古丽扎 玛依拉 阿依努尔".split()}
_TIBETAN = {"1": "扎西顿珠 次仁多吉 丹增 洛桑平措 格桑次旦".split(), "2": "次仁卓玛 德吉央宗 拉姆 格桑曲珍 白玛".split()}
_YI = {"1": "吉克·尔体 沙马·拉且 阿苦·木呷 吉木·伍萨".split(), "2": "吉克·阿呷 沙马·阿芝 阿苦·伍呷 吉木·子洛".split()}
_MONGOL = {"1": "巴特尔 那日苏 苏和 阿古拉".split(), "2": "其其格 娜仁花 乌云塔娜 萨日朗".split()}
_FOREIGN = {"1": "Nguyễn Văn An|José García|Jürgen Müller|Kim Min-jun|Иван Петров|John O'Neill".split("|"),
            "2": "Nguyễn Thị Hoa|María Núñez|Zoë Müller|佐藤 美咲|Ольга Иванова|Sinéad O'Brien".split("|")}
_PATRONYMIC = {"05": _UYGHUR, "17": _KAZAKH}
_WHOLE = {"04": _TIBETAN, "07": _YI, "02": _MONGOL, "foreign": _FOREIGN}


def surname(draw: Random) -> str:
    return draw.choices(_FAMILY, cum_weights=_FAMILY_TO)[0]


def given(draw: Random, sex: str, born: int) -> str:
    """A given name of the fashion of the year `born`; now and then with a rare character."""
    eras = _MALE if sex == "1" else _FEMALE
    _, one, alone, first, second = next(era for era in reversed(eras) if born >= era[0])
    if draw.random() < _RARE_SHARE:
        return draw.choice((draw.choice(_RARE), draw.choice(first) + draw.choice(_RARE)))
    return draw.choice(alone) if draw.random() < one else draw.choice(first) + draw.choice(second)


def full(draw: Random, ethnicity: str, family: str, sex: str, born: int) -> str:
    """A whole name. `ethnicity` is a GB/T 3304 code or "foreign"; `family` is used by those who have surnames."""
    if ethnicity in _PATRONYMIC:
        names = _PATRONYMIC[ethnicity]
        return f"{draw.choice(names[sex])}·{draw.choice(names['1'])}"
    if ethnicity in _WHOLE:
        return draw.choice(_WHOLE[ethnicity][sex])
    return family + given(draw, sex, born)


