"""The published file: complete, whole at every moment, the same figures as everywhere (INV-10), and nothing personal (INV-6)."""
import dataclasses
import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from campaigns import audit, figures, merge
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import audit as audit_table
from exports import publication
from exports.publication import file, reference, tables
from exports.publication.tables import TABLES, Table
from forms.language import Text
from survey.cli import main
from tests import core_cases as core
from tests import publish_cases as cases
from tests.publish_cases import AT


def published(made, at=AT, **options):
    return publication.publish(made.here, made.campaign, at, COMMAND_LINE, **options)


def rows(made, sql, public=False):
    path = (publication.public_path_of if public else publication.path_of)(made.here.settings.published, made.campaign.slug)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def test_inv_10_the_published_totals_equal_those_counted_the_slow_way(here):
    made = cases.busy_street(here)
    published(made)
    slow = cases.counted(made)
    (progress,) = rows(made, "SELECT * FROM progress")
    assert {name: progress[name] for name in slow} == slow
    assert progress["missing"] == slow["frame"] - slow["recorded"]
    assert progress["coverage_bp"] == slow["recorded"] * 10_000 // slow["frame"]
    for table in ("teams", "communities", "grids", "compounds", "buildings"):
        (summed,) = rows(made, f"SELECT {', '.join(f'sum({name}) AS {name}' for name in slow)} FROM {table}")
        assert summed == slow, table


def test_inv_10_every_published_row_is_what_the_figures_say(here):
    made = cases.busy_street(here)
    published(made)
    with here.store.read() as connection:
        expected = tables.rows_of(figures.measure(connection, made.campaign, AT))
    for table in TABLES:
        names = [column.name for column in table.columns]
        found = [tuple(row[name] for name in names) for row in rows(made, f"SELECT * FROM {table.name} ORDER BY {table.key}")]
        assert found == expected[table.name], table.name


def test_inv_6_the_file_holds_the_allow_listed_tables_columns_and_views_and_nothing_else(here):
    made = cases.busy_street(here)
    published(made)
    found = {row["name"]: row["type"] for row in rows(made, "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert found == {**{table.name: "table" for table in TABLES}, **{table.view: "view" for table in TABLES if table.view}}
    for table in TABLES:
        columns = [row["name"] for row in rows(made, f"SELECT name FROM pragma_table_info('{table.name}')")]
        assert columns == [column.name for column in table.columns] + (["digest"] if table.name == "publication" else [])


def test_the_views_speak_chinese_with_percent_and_yuan(here):
    made = cases.street(here)
    made.send(next(iter(made.doors)), "visit", by=made.workers[0])
    published(made)
    (today,) = rows(made, "SELECT * FROM 今日进度")
    assert (today["应登记房屋"], today["已登记房屋"], today["覆盖率（%）"], today["状态"]) == (24, 1, 4.16, "明显落后")
    assert [row["工作组"] for row in rows(made, "SELECT * FROM 各组进度")] == ["（未填）", "第二组", "第十组"]
    assert [row["渠道"] for row in rows(made, "SELECT * FROM 渠道构成")][:2] == ["上门登记", "居民自填"]
    tallies = {row["工号"]: row for row in rows(made, "SELECT * FROM 志愿者计件")}
    assert (tallies["V001"]["累计金额（元）"], tallies["V001"]["角色"]) == (0.5, "志愿者")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_published_column_has_a_title_and_a_meaning_in_both_languages(table):
    assert table.title.zh and table.title.en and table.says.zh and table.says.en
    for column in table.columns:
        assert column.title.zh and column.title.en and column.says.zh and column.says.en, column.name


def test_publishing_again_without_news_gives_the_same_digest(here):
    made = cases.busy_street(here)
    assert published(made)["digest"] == published(made)["digest"]


def test_news_change_the_digest_and_the_rows(here):
    made = cases.street(here)
    before = published(made)
    made.send(next(iter(made.doors)))
    after = published(made)
    assert (before["recorded"], after["recorded"]) == (0, 1)
    assert before["digest"] != after["digest"] == rows(made, "SELECT digest FROM publication")[0]["digest"]


def test_no_merge_publishes_what_was_merged_last(here):
    made = cases.street(here)
    made.send(next(iter(made.doors)))
    assert published(made, merge_first=False)["recorded"] == 0
    assert published(made)["recorded"] == 1


def test_publishing_is_noted_in_the_audit_log(here):
    made = cases.street(here)
    summary = published(made)
    with here.store.read() as connection:
        (found,) = connection.execute(select(audit_table.c.detail).where(audit_table.c.action == "publication.made")).scalars()
        assert audit.broken_at(connection, made.campaign.id) is None
        assert merge.last(connection, made.campaign.id, "publish")[1]["digest"] == summary["digest"]
    assert json.loads(found)["digest"] == summary["digest"]


def test_a_publication_of_an_older_version_is_replaced_whole(here):
    made = cases.street(here)
    published(made)
    path = publication.path_of(here.settings.published, "c1")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE teams; CREATE TABLE old (name TEXT); INSERT INTO old VALUES ('x'); "
                                 "PRAGMA user_version = 7")
    published(made)
    assert len(rows(made, "SELECT * FROM teams")) == 3
    assert rows(made, "SELECT name FROM sqlite_master WHERE name = 'old'") == []


def test_when_writing_fails_the_last_publication_is_still_there_and_the_refusal_says_why(here, monkeypatch):
    made = cases.street(here)
    before = published(made)
    made.send(next(iter(made.doors)))
    broken = Table("progress", Text("坏", "bad"), Text("坏", "bad"), tables.PROGRESS.columns, lambda figures: [])
    path = publication.path_of(here.settings.published, "c1")
    with pytest.raises(file.NotPublished, match="c1.db"):  # a key that is there twice, after half of the tables were emptied
        file.write(path, TABLES, {**{table.name: [] for table in TABLES}, broken.name: [("2026-03-01", *range(17))] * 2})
    assert rows(made, "SELECT digest FROM publication") == [{"digest": before["digest"]}]


def test_a_full_disk_leaves_the_last_publication_whole(here):
    made = cases.street(here)
    before = published(made)
    path = publication.path_of(here.settings.published, "c1")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from exports.publication import file\n"
        "from exports.publication.tables import TABLES\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "rows = {table.name: [] for table in TABLES}\n"
        "rows['hours'] = [(n, '2026-03-01', n % 24, n) for n in range(50_000)]\n"
        "try:\n    file.write(Path(sys.argv[1]), TABLES, rows)\n"
        "except file.NotPublished as refusal:\n    print(refusal.text.zh)\n")
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=120)
    assert "没能写入发布文件" in done.stdout, done.stderr
    assert rows(made, "SELECT digest FROM publication") == [{"digest": before["digest"]}]
    assert len(rows(made, "SELECT * FROM teams")) == 3


def test_a_reader_sees_the_old_or_the_new_publication_never_a_mixture(here):
    made = cases.busy_street(here)
    published(made)
    doors, stop, seen, wrong = list(made.doors)[-4:], threading.Event(), set(), []

    def read():
        with closing(sqlite3.connect(publication.path_of(here.settings.published, "c1"))) as connection:
            while not stop.is_set():
                recorded, *sums = connection.execute(
                    "SELECT recorded, (SELECT sum(recorded) FROM compounds), (SELECT sum(recorded) FROM buildings), "
                    "(SELECT sum(recorded) FROM days), (SELECT recorded FROM progress) FROM publication").fetchone()
                seen.add(recorded)
                if set(sums) != {recorded}:
                    wrong.append((recorded, *sums))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for door in doors:
        made.send(door)
        published(made)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == [] and len(seen) > 1


def test_two_that_publish_at_once_do_not_get_into_each_others_way(here):
    made = cases.busy_street(here)
    found = []
    both = [threading.Thread(target=lambda: found.append(published(made)["digest"])) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(found) == 2 and len(set(found)) == 1


def test_the_public_page_is_made_refreshed_and_removed_as_told(here):
    made = cases.street(here, doors=80)
    path = publication.public_path_of(here.settings.published, "c1")
    assert published(made)["public"] is None and not path.exists()
    assert published(made, public=True)["public"] == str(path)
    for door in list(made.doors)[:30]:
        made.send(door)
    published(made)  # what is public is kept in step
    assert rows(made, "SELECT recorded FROM total", public=True) == [{"recorded": 30}]
    assert published(made, public=False)["public"] is None
    assert [each.name for each in path.parent.iterdir() if "public" in each.name] == []


def test_the_public_page_holds_three_small_tables_and_nobodys_tally(here):
    made = cases.busy_street(here)
    published(made, public=True)
    found = {row["name"] for row in rows(made, "SELECT name FROM sqlite_master WHERE type = 'table'", public=True)}
    assert found == {"publication", "total", "communities", "days"}


def test_a_slug_may_not_look_like_a_public_page(here):
    with pytest.raises(Exception, match="-public"):
        cases.street(here, "c1-public")


def run(here, *arguments):
    return CliRunner().invoke(main, [*arguments], env={"SURVEY_HOME": str(here.settings.home), "SURVEY_LANGUAGE": "zh"})


def test_the_commands_merge_and_publish_say_what_they_did(here):
    made = cases.street(here)
    made.send(next(iter(made.doors)))
    merged = run(here, "merge", "--campaign", "c1")
    assert merged.exit_code == 0 and merged.output == "收到 1 份，合并成 1 户、2 人。\n"
    done = run(here, "publish", "--campaign", "c1", "--public")
    assert done.exit_code == 0 and "已登记 1 套；1 户，2 人。" in done.output and "公开页" in done.output


def test_publish_prints_json_for_programs(here):
    cases.street(here)
    found = json.loads(run(here, "publish", "--campaign", "c1", "--json").output)
    assert (found["campaign"], found["frame"], found["recorded"], found["public"]) == ("c1", 24, 0, None)


def test_publishing_an_unknown_campaign_is_refused_with_status_1(here):
    with here.store.read():
        done = run(here, "publish", "--campaign", "nowhere")
    assert done.exit_code == 1 and "没有任务" in done.output


def test_the_settings_of_the_installation_decide_where_the_file_is(tmp_path):
    made = cases.street(dataclasses.replace(core.installation(tmp_path / "elsewhere")))
    assert published(made)["file"] == str(tmp_path / "elsewhere" / "published" / "c1.db")


@pytest.mark.parametrize("language, name", reference.PAGES.items())
def test_the_reference_of_the_tables_is_in_step_with_them(language, name):
    assert (Path(__file__).parents[1] / "docs" / name).read_text(encoding="utf-8") == reference.page(language)
