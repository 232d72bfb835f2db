"""INV-6: nothing personal is published. Marked names, numbers, phones and texts go in by every channel and every register
column; then every published byte, every page that Datasette serves and every log is searched for them."""
import csv
import json
import logging
import urllib.parse
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from campaigns import campaign as campaigns
from campaigns import people
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.store.schema import code, dwelling, submission
from campaigns.terms import CHANNELS
from survey.cli import main
from tests import core_cases as core
from tests.core_cases import NOON
from tests.datasette_cases import every_page, serve

NAMES = {channel: f"暗{word}𠮷·买买提" for channel, word in zip(CHANNELS, "甲乙丙丁戊己庚")}
NUMBERS = {channel: f"99990019800101{place}00{place}X" for place, channel in enumerate(CHANNELS)}
PHONES = {channel: f"1990000{place}777" for place, channel in enumerate(CHANNELS)}
TEXTS = {channel: f"我家{place}号的秘密建议 marked-{place}-free-text" for place, channel in enumerate(CHANNELS)}
CONTACTS = [(f"底册联系人{place}欧阳", f"1980000{place}888", f"register-remark-{place}-marked") for place in range(9)]
WORKERS = [f"志愿者真名{word}" for word in "甲乙丙丁"]
CORRECTED = "更正后的名字端木"
ROOM = "R7Q-ROOM"
PUBLISHED = "标记小区"  # a compound's name is published: the search must find it, or it could find nothing


def answers(channel, name=None):
    return {"household_type": "family", "contact_name": name or NAMES[channel], "contact_phone": PHONES[channel],
            "suggestion": TEXTS[channel], "needs_help": "yes", "needs_help_kind": ["other"],
            "person": [{"name": name or NAMES[channel], "id_type": "resident", "id_number": NUMBERS[channel], "birth_date": "1980-01-01"}]}


def register(path):
    with path.open("w", encoding="utf-8-sig", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(["社区", "网格", "小区", "楼栋", "单元", "房号", "联系人", "电话", "备注"])
        for place, contact in enumerate(CONTACTS):
            writer.writerow(["龙泉社区", "一网格", PUBLISHED, "1栋", "1单元", f"{ROOM}{place}", *contact])
    return path


def spellings(marker):
    """How `marker` could stand in a file, an address or a log."""
    return {marker.encode(), marker.encode("utf-16-le"), marker.encode("gb18030"), urllib.parse.quote(marker).encode(),
            json.dumps(marker)[1:-1].encode(), urllib.parse.quote(marker).replace("%", "~").encode()}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Everything personal that went in, and every byte that came out: {where: bytes}."""
    logs = []

    class Keeper(logging.Handler):
        def emit(self, record):
            logs.append(self.format(record).encode())

    keeper, root = Keeper(logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    home = tmp_path_factory.mktemp("planted") / "home"
    served = serve(home)
    try:
        secrets, outputs = _fill(served.here, tmp_path_factory.mktemp("register"))
        for round_ in range(2):  # the second leaves pages in the write-ahead log beside the file
            outputs[f"publish {round_}"] = _command(served.here, "publish", "--campaign", "c1", "--public").encode()
        outputs |= _served(served)
        outputs |= {each.name: each.read_bytes() for each in served.here.settings.published.iterdir()}
        outputs["datasette.log"] = served.log.read_bytes()
    finally:
        root.removeHandler(keeper)
        root.setLevel(level)
        served.stop()
    outputs["datasette.log at the end"] = served.log.read_bytes()
    outputs["logs of this process"] = b"\n".join(logs)
    return secrets, outputs


def _command(here, *arguments):
    done = CliRunner().invoke(main, [*arguments], env={"SURVEY_HOME": str(here.settings.home), "SURVEY_LANGUAGE": "zh"})
    assert done.exit_code == 0, done.output
    return done.output


def _fill(here, folder):
    made = core.campaign(here, doors=1)
    outputs = {"frame import": _command(here, "frame", "import", str(register(folder / "register.csv")), "--campaign", "c1",
                                        "--apply").encode()}
    with here.store.write() as connection:
        codes.issue_for_dwellings(connection, here.server, made.id, NOON, COMMAND_LINE)
        written = [codes.written(here.server, seed) for seed in connection.execute(select(code.c.seed)).scalars()]
        team = [people.add(connection, here.keyring, made, role=role, name=name, team_name="第一组", at=NOON, actor=COMMAND_LINE)
                for role, name in zip(("volunteer", "clerk", "lead", "organiser"), WORKERS)]
        doors = connection.execute(select(dwelling.c.id).where(dwelling.c.compound == PUBLISHED)).scalars().all()
    receipts = []
    for channel, door in zip(CHANNELS, doors):
        by = {"visit": team[0].user, "paper": team[1].user}.get(channel)
        receipts.append(core.send(here, made, core.entry(here, made, door, answers(channel), channel=channel, user=by)).receipt)
    core.send(here, made, core.entry(here, made, doors[1], answers("self", CORRECTED), receipt=receipts[1],
                                     received_at=NOON + timedelta(hours=1)))
    with here.store.read() as connection:
        instances = connection.execute(select(submission.c.instance)).scalars().all()
    return [*NAMES.values(), *NUMBERS.values(), *PHONES.values(), *TEXTS.values(), *(part for each in CONTACTS for part in each),
            *WORKERS, CORRECTED, ROOM, *written, *receipts, *instances, *(each.badge for each in team)], outputs


def _served(served):
    with served.here.store.read() as connection:
        made = campaigns.by_slug(connection, "c1")
    outputs = {}
    for who, client in (("lead", served.reader(made, team=None)), ("stranger", served.stranger())):
        for start in ("/", "/?lang=en", "/c1", "/c1-public", "/c1/volunteers.json?_shape=array", "/c1/volunteers.csv?_stream=1"):
            outputs |= {f"{who} {path}": str(answer.headers).encode() + answer.content
                        for path, answer in every_page(client, start, most=120).items()}
    return outputs


def test_the_search_would_find_what_is_there(planted):
    _, outputs = planted
    assert sum(any(each in content for each in spellings(PUBLISHED)) for content in outputs.values()) > 10
    assert PUBLISHED.encode() in outputs["c1.db"] + outputs.get("c1.db-wal", b"")


def test_every_place_that_could_leak_was_searched(planted):
    _, outputs = planted
    assert {"c1.db", "c1.db-wal", "c1-public.db", "datasette.log", "lead /", "stranger /c1-public", "lead /c1/volunteers.json",
            "lead /c1/days.json"} <= set(outputs), sorted(outputs)
    assert outputs["logs of this process"]


def test_inv_6_nothing_personal_is_in_any_published_byte_any_page_or_any_log(planted):
    secrets, outputs = planted
    assert len(secrets) > 60
    found = [(place, secret) for secret in secrets for form in spellings(secret) for place, content in outputs.items()
             if form in content]
    assert found == []
