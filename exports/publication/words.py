"""The words of the progress pages, in both languages, and how numbers are written there."""
from __future__ import annotations

from forms.language import Text

WORDS = {
    "updated": Text("{when} 更新", "updated {when}"),
    "period": Text("{opens} 至 {closes}", "{opens} to {closes}"),
    "other_language": Text("English", "中文"),
    "recorded_of": Text("已登记 {recorded} 套，共 {frame} 套", "{recorded} of {frame} dwellings recorded"),
    "expected_now": Text("按进度此刻应达 {expected} 套（竖线）", "{expected} expected by now (the upright line)"),
    "ahead": Text("超出 {count} 套", "{count} ahead"),
    "behind": Text("还差 {count} 套", "{count} behind"),
    "exactly": Text("正好达到", "exactly there"),
    "today": Text("今天新登记", "recorded today"),
    "need": Text("今后每天要登记", "needed a day from now"),
    "left": Text("剩余天数", "days left"),
    "opened": Text("扫了码还没登记", "opened, not recorded"),
    "listed": Text("只有名单，还没登记", "on lists only"),
    "households": Text("户数", "households"),
    "persons": Text("人数", "persons"),
    "attempted": Text("去过", "attempted"), "non_contact": Text("没遇到人", "nobody met"),
    "refusal": Text("拒绝或不方便", "refusals"), "vacant": Text("空置或平时不住", "vacant"),
    "ineligible": Text("不用登记", "not eligible"), "rr1": Text("应答率（RR1）", "response rate (RR1)"),
    "late_corrections": Text("迟交 {late} 份，更正 {corrections} 份，有标记 {flagged} 份",
                             "{late} late, {corrections} corrections, {flagged} flagged"),
    "doors": Text("套", "doors"), "days_unit": Text("天", "days"),
    "teams": Text("各组进度", "Teams"), "teams_how": Text("按覆盖率排名", "ranked by coverage"),
    "communities": Text("各社区进度", "Communities"), "communities_how": Text("覆盖率低的在前", "lowest coverage first"),
    "compounds": Text("先跟进这些小区", "Compounds to see first"), "compounds_how": Text("覆盖率低的在前", "lowest coverage first"),
    "recorded": Text("新登记", "recorded"),
    "days": Text("每天新登记", "Day by day"), "days_how": Text("最近的在前", "latest first"),
    "channels": Text("从哪些渠道来", "How entries came in"),
    "channels_how": Text("合并后采用各渠道的户", "households by the channel that counts"),
    "volunteers": Text("志愿者计件", "Tallies"),
    "volunteers_how": Text("只写工号；本组在前", "work numbers only; your team first"),
    "jump": Text("跳到", "Jump to"),
    "name": Text("名称", "name"), "coverage": Text("覆盖率", "coverage"), "to_do": Text("还差", "to do"),
    "new_today": Text("今天", "today"), "team": Text("工作组", "team"), "number": Text("工号", "number"),
    "entries": Text("累计", "in all"), "yuan": Text("金额（元）", "yuan"), "day": Text("日期", "day"),
    "so_far": Text("累计", "so far"), "forms": Text("收到表", "forms"), "channel": Text("渠道", "channel"),
    "yours": Text("本组", "your team"), "no_team": Text("未分组", "no team"), "unnamed": Text("（未填）", "(not given)"),
    "whole_table": Text("看全部（还有 {count} 行）", "see all ({count} more rows)"),
    "as_table": Text("看完整表格", "see the full table"),
    "all_tables": Text("所有表格、下载和查询", "All tables, downloads and SQL"),
    "explain": Text("只写汇总数字，没有任何个人信息。“已登记”指住户本人渠道（上门、自填、门把手卡、纸表）已有登记的房屋。",
                    "Totals only, nothing personal. “Recorded” means that an entry of the household's own came in: door visit, "
                    "self-response, hanger or paper."),
    "not_yet": Text("还没有发布进度", "Nothing is published yet"),
    "not_yet_how": Text("请组织者运行 survey publish；发布后刷新本页即可看到。",
                        "Ask the organiser to run “survey publish”; then reload this page."),
    "sign_in": Text("请先登录", "Please sign in first"),
    "sign_in_how": Text("进度只给组长、督导员和组织者看。用工牌和 PIN 登录后再回到这里。",
                        "Progress is for team leads, supervisors and organisers. Sign in with your badge and PIN, then come back."),
    "sign_in_go": Text("去登录", "Sign in"),
    "not_yours": Text("这里您看不了", "You cannot see this"),
    "not_yours_how": Text("您只能看自己任务的进度。", "You can see the progress of your own campaign only."),
    "back": Text("回到进度页", "Back to progress"),
    "public_pages": Text("公开的进度", "Public progress"),
    "tables": Text("表格", "Tables"), "tables_zh": Text("中文表（适合直接看和导出）", "Tables in Chinese (for reading and export)"),
    "tables_en": Text("原始表（适合查询）", "Tables for SQL"), "rows": Text("{count} 行", "{count} rows"),
    "sql": Text("SQL 查询", "SQL query"), "run": Text("查询", "Run"),
    "before": Text("还没有开始", "not open yet"), "open": Text("进行中", "open"), "closed": Text("已结束", "closed"),
}

SHAPES = {"green": "●", "amber": "▲", "red": "■"}


def percent(bp: int) -> str:
    """Hundredths of a percent as people read them: 8660 -> 86.60%. Never rounded up."""
    return f"{bp // 100}.{bp % 100:02d}%"


def number(count: int) -> str:
    """Thousands set apart: 76688 -> 76,688."""
    return f"{count:,}"
