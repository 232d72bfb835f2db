"""The sentences that stand on paper, in both languages: words that a neighbour of sixty uses."""
from __future__ import annotations

from datetime import datetime

from campaigns import clock
from campaigns.campaign import Campaign
from forms.language import Text

_WEEKDAYS = (Text("星期一", "Monday"), Text("星期二", "Tuesday"), Text("星期三", "Wednesday"), Text("星期四", "Thursday"),
             Text("星期五", "Friday"), Text("星期六", "Saturday"), Text("星期日", "Sunday"))
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")

REGISTER = Text("请登记您这一户", "Please register your household")
SCAN = Text("用手机扫左边的码", "Scan the code on the left with your phone")
REGISTER_BY_SCAN = Text("请登记您这一户：用手机扫左边的码", "Register your household: scan this with your phone")
CANNOT_SCAN = Text("不能扫码？用手机打开 {address}，输入：", "Cannot scan? Open {address} and type:")
BY = Text("请在 {when} 前完成", "By {when}")
SCAN_BY = Text("{when} 前扫码登记", "Register by {when}")
HELP = Text("不会填？请打电话 {phone}，我们帮您登记", "Need help? Call {phone} and we will fill it in with you")
HELP_NO_PHONE = Text("不会填？请找{office}，我们帮您登记", "Need help? Ask the {office}; we will fill it in with you")
OWN_DOOR_ONLY = Text("此码只供本户使用；扫码的人看不到您填的内容。", "For this home only. Nobody who scans it sees your answers.")

STEPS = (
    Text("打开手机的“扫一扫”（微信、支付宝或相机都行），对准上面的码。",
         "Open your phone's camera or a scanner (WeChat, Alipay) and point it at the code above."),
    Text("按屏幕上的问题，填写住在这里的每一个人，没有证件的人也要填。",
         "Answer the questions for everyone who lives here, with or without papers."),
    Text("按“提交登记”，抄下回执号。以后要更正，就用这个号。",
         "Press 'Send' and write down the receipt number. You need it to correct something later."),
)
NO_SMARTPHONE = Text("没有智能手机？打电话给我们，或把这张纸交给上门的志愿者。",
                     "No smartphone? Call us, or hand this sheet to the volunteer who visits.")
RECEIPT = Text("回执号（请抄在这里）：", "Receipt number (write it here):")
CODE_HINT = Text("码里只有数字 0、1，没有字母 O、I、L；横线可以不输。",
                 "0 and 1 are digits; the letters O, I and L are not used. You may leave out the dashes.")
PRIVACY_HEADING = Text("关于您的个人信息", "About your personal information")
PRIVACY = (
    Text("谁在收集：{office}", "Who asks: {office}"),
    Text("为了什么：{purpose}", "Why: {purpose}"),
    Text("依据：{ground}", "On what ground: {ground}"),
    Text("保存多久：{deletes} 前全部删除。", "For how long: all of it is deleted by {deletes}."),
    Text("您的权利：凭回执号可以更正；有疑问请联系{office}{phone}。",
         "Your rights: you can correct it with the receipt number; questions go to the {office}{phone}."),
)
NUMBER = Text("编号", "No.")
HUNG_AT = Text("挂在（挂的人写）", "Hung at (written by who hangs it)")
BATCH = Text("挂卡 第 {number} 批", "Door hangers, batch {number}")
BATCH_SPAN = Text("编号 {first} 至 {last}，共 {count} 张", "No. {first} to {last}: {count} hangers")
FIRST = Text("第一张", "First")
LAST = Text("最后一张", "Last")
BATCH_HOW = Text("发给志愿者时，在“工作台 > 挂卡 > 发出”里先扫第一张，再扫最后一张。收回时也一样。",
                 "To hand them out, open “Desk > Hangers > Hand out” and scan the first, then the last. The same to take them back.")
BATCH_SIGN = Text("领取人、日期：", "Taken by, on:")

BADGE = Text("工作证", "Staff badge")
BADGE_USE = Text("扫码后输入 PIN 登录。遗失请马上告诉组长。", "Scan, then enter your PIN. Lost it? Tell your team lead at once.")


def until(campaign: Campaign) -> Text:
    """The closing instant as it stands on paper: with the year and the day of the week."""
    local = campaign.closes_at.astimezone(clock.zone(campaign.tz))
    day, weekday = _day(local), _WEEKDAYS[local.weekday()]
    return Text(f"{day.zh}（{weekday.zh}）{local:%H:%M}", f"{local:%H:%M}, {weekday.en} {day.en}")


def until_short(campaign: Campaign) -> Text:
    """The same without the weekday, for labels."""
    local = campaign.closes_at.astimezone(clock.zone(campaign.tz))
    day = _day(local)
    return Text(f"{day.zh} {local:%H:%M}", f"{local:%H:%M}, {day.en}")


def deletes_on(campaign: Campaign) -> Text:
    return _day(campaign.deletes_on.astimezone(clock.zone(campaign.tz)))


def _day(local: datetime) -> Text:
    return Text(f"{local.year}年{local.month}月{local.day}日", f"{local.day} {_MONTHS[local.month - 1]} {local.year}")


def help_with(campaign: Campaign) -> Text:
    """Whom to call."""
    if campaign.terms.phone:
        return HELP.fill(phone=campaign.terms.phone)
    return HELP_NO_PHONE.fill(office=campaign.office)


def privacy(campaign: Campaign) -> list[Text]:
    phone = f" {campaign.terms.phone}" if campaign.terms.phone else ""
    return [line.fill(office=campaign.office, purpose=campaign.purpose, ground=campaign.ground,
                      deletes=deletes_on(campaign), phone=phone) for line in PRIVACY]


def once(text: Text) -> list[str]:
    """Both languages, or one line when they are the same (a title given in one language only)."""
    return [text.zh] if text.en in ("", text.zh) else [text.zh, text.en]


def of_campaign(campaign: Campaign) -> list[str]:
    """Everything on paper that an organiser wrote."""
    return [*campaign.title, *campaign.office, *campaign.purpose, *campaign.ground, campaign.terms.phone]
