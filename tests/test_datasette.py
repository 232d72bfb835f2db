"""Datasette for team leads: who gets in, what they see, and that it keeps serving while figures are refreshed."""
import json
import re
import threading
import urllib.parse

import httpx
import pytest
from datasette.utils import tilde_encode

from campaigns import people
from campaigns.audit import COMMAND_LINE
from exports import publication
from exports.publication import server
from exports.publication.tables import TABLES
from tests import core_cases as core
from tests import publish_cases as cases
from tests.datasette_cases import every_page, serve
from tests.publish_cases import AT


@pytest.fixture(scope="module")
def datasette(tmp_path_factory):
    """One Datasette for all tests here; each test makes campaigns of its own."""
    served = serve(tmp_path_factory.mktemp("datasette") / "home")
    yield served
    served.stop()


_made = iter(range(1, 1000))


@pytest.fixture(scope="module")
def street(datasette):
    """A published campaign with entries, for tests that only look."""
    made = cases.busy_street(datasette.here, "c0")
    publish(made)
    return made


@pytest.fixture
def fresh(datasette):
    """A published campaign of the test's own, for tests that change it."""
    made = cases.busy_street(datasette.here, f"c{next(_made)}")
    publish(made)
    return made


def publish(made, **options):
    return publication.publish(made.here, made.campaign, AT, COMMAND_LINE, **options)


def slug(made):
    return made.campaign.slug


def shown(page, label):
    """The number under `label` among the facts of the progress page."""
    return int(re.search(rf"<dt>{label}</dt><dd>([\d,]+)", page.text)[1].replace(",", ""))


# who gets in

@pytest.mark.parametrize("path", ["/", "/{slug}", "/{slug}/teams", "/{slug}/teams.json", "/{slug}/teams.csv", "/{slug}.json",
                                  "/{slug}/teams/1", "/{slug}?sql=select+1", "/.json"])
def test_who_has_not_signed_in_gets_a_page_that_says_so_and_leads_to_the_sign_in_page(datasette, street, path):
    answer = datasette.stranger().get(path.format(slug=slug(street)))
    assert answer.status_code == 403 and answer.headers["content-type"].startswith("text/html")
    assert "请先登录" in answer.text and 'href="http://127.0.0.1:8000/sign-in"' in answer.text
    assert "龙泉" not in answer.text


def test_a_program_that_has_not_signed_in_gets_json(datasette, street):
    answer = httpx.get(f"{datasette.address}/{slug(street)}/teams.json")
    assert (answer.status_code, answer.json()["ok"]) == (403, False)


@pytest.mark.parametrize("role", ["lead", "supervisor", "organiser"])
def test_leads_supervisors_and_organisers_read_the_progress(datasette, street, role):
    answer = datasette.reader(street.campaign, role).get("/")
    assert answer.status_code == 200 and "龙泉街道住房登记" in answer.text


@pytest.mark.parametrize("role", ["volunteer", "clerk"])
def test_volunteers_and_clerks_do_not(datasette, street, role):
    assert datasette.reader(street.campaign, role).get("/").status_code == 403


def test_a_forged_ticket_opens_nothing(datasette, street):
    client = datasette.stranger()
    client.cookies.set("survey_reader", "eyJ1c2VyIjoxfQ.forged")
    assert client.get(f"/{slug(street)}").status_code == 403


def test_a_revoked_lead_is_out_at_once(datasette, street):
    user = core.worker(datasette.here, street.campaign, "lead")
    client = datasette.reader(street.campaign, user=user)
    assert client.get("/").status_code == 200
    with datasette.here.store.write() as connection:
        people.revoke(connection, user.user, AT, COMMAND_LINE)
    assert client.get("/").status_code == 403
    assert client.get(f"/{slug(street)}/teams.json").status_code == 403


def test_a_reader_sees_the_own_campaign_and_no_other(datasette, street):
    other = cases.street(datasette.here, f"c{next(_made)}")
    publish(other)
    client = datasette.reader(street.campaign)
    assert client.get(f"/{slug(street)}/teams").status_code == 200
    for path in ("", "/teams", "/teams.json", "/teams.csv", "?sql=select+1", "/teams/1", ".db"):
        answer = client.get(f"/{slug(other)}{path}")
        assert answer.status_code == 403 and "第二组" not in answer.text
    assert list(client.get("/.json").json()) == [slug(street)]


@pytest.mark.parametrize("path", ["/-/databases.json", "/-/metadata.json", "/-/settings.json", "/-/versions.json", "/-/plugins.json",
                                  "/-/threads.json", "/-/actor.json", "/-/permissions", "/-/allow-debug", "/-/messages", "/-/config",
                                  "/_internal", "/_internal/tables", "/_memory", "/_memory.json?sql=select+1"])
def test_datasettes_pages_about_itself_are_closed(datasette, street, path):
    assert datasette.reader(street.campaign).get(path).status_code in (403, 404)


def test_the_file_itself_is_not_for_download(datasette, street):
    assert datasette.reader(street.campaign).get(f"/{slug(street)}.db").status_code in (403, 404)


def test_a_lead_may_ask_in_sql(datasette, street):
    found = datasette.reader(street.campaign).get(f"/{slug(street)}.json?sql=select+sum(frame)+as+n+from+teams").json()
    assert found["rows"] == [[23]]


@pytest.mark.parametrize("sql", ["delete from teams", "attach 'x' as y", "pragma user_version=3", "insert into days values (1)"])
def test_sql_only_reads(datasette, street, sql):
    client = datasette.reader(street.campaign)
    assert client.get(f"/{slug(street)}.json", params={"sql": sql}).status_code == 400


def test_a_query_that_takes_too_long_is_stopped(datasette, street):
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    answer = datasette.reader(street.campaign).get(f"/{slug(street)}.json", params={"sql": sql})
    assert answer.status_code == 400 and "interrupted" in answer.text.lower()


def test_every_page_sends_safe_headers(datasette, street):
    client = datasette.reader(street.campaign)
    for path in ("/", f"/{slug(street)}", f"/{slug(street)}/teams", "/nowhere", "/-/versions.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in client.get("/").headers["content-security-policy"]
    assert client.get("/").headers["cache-control"] == "private, no-store"


# what they see

def test_the_progress_page_shows_the_published_figures(datasette, street):
    page, slow = datasette.reader(street.campaign).get("/"), cases.counted(street)
    assert f"已登记 {slow['recorded']} 套，共 {slow['frame']} 套" in page.text
    assert (shown(page, "今天新登记"), shown(page, "户数"), shown(page, "人数")) == (slow["today"], slow["households"], slow["persons"])
    assert "3月6日 11:00 更新" in page.text or "2026年3月6日 11:00 更新" in page.text


def test_status_is_a_word_and_a_shape_and_not_colour_alone(datasette):
    made = cases.street(datasette.here, f"c{next(_made)}")
    publish(made)
    page = datasette.reader(made.campaign).get("/").text
    assert re.search(r'class="standing red"><span aria-hidden="true">■</span> 明显落后', page)


def test_the_own_team_and_its_volunteers_are_marked(datasette, street):
    page = datasette.reader(street.campaign, team="第十组").get("/").text
    assert re.search(r'<tr class="yours">\s*<th scope="row">.*?第十组 <span class="tag">本组', page)
    assert re.search(r'id="volunteers".*?<tbody>\s*<tr class="yours"><th scope="row">V002', page, re.S)


def test_compounds_that_lag_come_first(datasette, street):
    page = datasette.reader(street.campaign).get("/").text
    part = re.search(r'id="compounds".*?</table>', page, re.S)[0]
    shares = [float(each) for each in re.findall(r'class="value">([\d.]+)%', part)]
    assert shares == sorted(shares) and len(shares) == 4


@pytest.mark.parametrize("query, header, words", [
    ("", "zh-CN,zh", "各组进度"), ("", "en-GB,en", "Teams"), ("?lang=en", "zh-CN", "Teams"), ("?lang=zh", "en", "各组进度"),
    ("", "fr", "各组进度"), ("?lang=xx", "fr", "各组进度")])
def test_the_page_speaks_the_readers_language(datasette, street, query, header, words):
    client = datasette.reader(street.campaign)
    page = client.get(f"/{query}", headers={"accept-language": header})
    assert f"<h2>{words} " in page.text


def test_the_chosen_language_is_remembered(datasette, street):
    client = datasette.reader(street.campaign)
    client.get("/?lang=en")
    assert "<h2>Teams " in client.get("/", headers={"accept-language": "zh-CN"}).text


def test_a_campaign_that_was_never_published_says_so(datasette):
    made = cases.street(datasette.here, f"c{next(_made)}")
    assert "还没有发布进度" in datasette.reader(made.campaign).get("/").text


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_and_view_has_titles_and_columns_in_both_languages(datasette, street, table):
    client = datasette.reader(street.campaign, team=None)
    for name in filter(None, (table.name, table.view)):
        page = client.get(f"/{slug(street)}/{tilde_encode(name)}")
        assert page.status_code == 200 and table.title.zh in page.text and table.title.en in page.text
        assert table.columns[-1].title.zh in page.text and table.columns[-1].title.en in page.text


def test_every_link_of_every_page_leads_somewhere(datasette, street):
    found = every_page(datasette.reader(street.campaign), most=150)
    assert len(found) > 40
    assert {address: page.status_code for address, page in found.items() if page.status_code != 200} == {}


def test_a_table_leaves_as_csv_with_its_chinese_headings(datasette, street):
    answer = datasette.reader(street.campaign).get(f"/{slug(street)}/{tilde_encode('各组进度')}.csv")
    lines = answer.text.splitlines()
    assert lines[0].startswith("名次,工作组,应登记房屋,已登记房屋") and len(lines) == 4


# while it runs

def test_a_new_campaign_appears_without_a_restart(datasette):
    made = cases.street(datasette.here, f"c{next(_made)}")
    client = datasette.reader(made.campaign)
    assert client.get(f"/{slug(made)}/teams").status_code == 404 or "还没有发布" in client.get("/").text
    publish(made)
    assert client.get(f"/{slug(made)}/teams").status_code == 200 and "各组进度" in client.get("/").text


def test_a_new_publication_is_on_the_page_at_once(datasette, fresh):
    client = datasette.reader(fresh.campaign)
    client.get("/")
    fresh.send(list(fresh.doors)[-2], at=AT)
    publish(fresh)
    assert f"已登记 {cases.counted(fresh)['recorded']} 套" in client.get("/").text


def test_the_public_page_is_open_to_all_and_closed_again_when_removed(datasette, fresh):
    publish(fresh, public=True)
    stranger = datasette.stranger()
    page = stranger.get(f"/{slug(fresh)}-public")
    assert page.status_code == 200 and "社区进度" in page.text
    assert stranger.get(f"/{slug(fresh)}-public/total.json").json()["rows"]
    assert stranger.get(f"/{slug(fresh)}-public.json?sql=select+1").status_code == 403
    publish(fresh, public=False)
    assert stranger.get(f"/{slug(fresh)}-public").status_code == 404


def test_a_public_page_removed_and_made_again_is_read_anew(datasette, fresh):
    publish(fresh, public=True)
    stranger = datasette.stranger()
    before = [stranger.get(f"/{slug(fresh)}-public/publication.json?_shape=array").json()[0]["digest"] for _ in range(4)]
    publish(fresh, public=False)
    fresh.send(list(fresh.doors)[-2], at=AT - cases.timedelta(days=1))
    fresh.send(list(fresh.doors)[-3], at=AT - cases.timedelta(days=2))
    made = publication.publish(fresh.here, fresh.campaign, AT + cases.timedelta(hours=1), COMMAND_LINE, public=True)
    after = {stranger.get(f"/{slug(fresh)}-public/publication.json?_shape=array").json()[0]["made_at"] for _ in range(8)}
    assert len(set(before)) == 1 and after == {made["at"]}


def test_under_reads_a_refresh_is_seen_whole_or_not_at_all_and_nothing_fails(datasette):
    made = cases.busy_street(datasette.here, f"c{next(_made)}")
    publish(made)
    sql = ("select recorded, (select sum(recorded) from compounds), (select sum(recorded) from days), "
           "(select recorded from progress) from publication")
    stop, wrong, seen = threading.Event(), [], set()

    def read():
        client = datasette.reader(made.campaign, team=None)
        while not stop.is_set():
            answer = client.get(f"/{slug(made)}.json", params={"sql": sql})
            page = client.get("/")
            table = client.get(f"/{slug(made)}/compounds.json?_shape=array")
            if {answer.status_code, page.status_code, table.status_code} != {200}:
                wrong.append((answer.status_code, page.status_code, table.status_code))
                continue
            (found,) = answer.json()["rows"]
            total, days = re.search(r"已登记 (\d+) 套", page.text)[1], re.search(r'id="days".*?</table>', page.text, re.S)[0]
            on_page = {int(total), sum(map(int, re.findall(r'class="value">(\d+)<', days)))}
            seen.add(found[0])
            if len(set(found)) != 1 or len(on_page) != 1:
                wrong.append((found, on_page))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for door in [*made.doors][-4:]:
        made.send(door, at=AT)
        for _ in range(3):
            publish(made)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == [] and len(seen) > 1
    assert datasette.process.poll() is None


def test_what_a_reader_searches_for_and_the_readers_ticket_stay_out_of_the_log(datasette, street):
    client = datasette.reader(street.campaign)
    client.get(f"/{slug(street)}/volunteers?label__contains=张三丰")
    client.get(f"/{slug(street)}?sql=select+'张三丰'+from+nowhere")
    client.get("/nowhere/张三丰")
    log = datasette.log.read_text()
    assert "张三丰" not in log and urllib.parse.quote("张三丰") not in log
    assert client.cookies["survey_reader"] not in log


def test_the_command_names_no_file_and_says_each_setting_once(datasette):
    command = server.command(datasette.here.settings)
    assert [each for each in command if each.endswith(".db")] == []
    assert command[command.index("suggest_facets") + 1] == command[command.index("allow_download") + 1] == "off"
    assert json.dumps(command)
