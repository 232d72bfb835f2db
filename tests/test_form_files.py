"""Photos and other files on the pages of a form: kept at once, shown again, committed with the submission, wiped if it never comes.

Numbers in brackets are the requirements of campaigns/held.py and campaigns/attachments.py.
"""
import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from campaigns import attachments, clock, held
from campaigns.attachments import Folder
from campaigns.store.fieldwork import held_file
from campaigns.store.schema import attachment
from survey import held_files
from survey.preview import preview_app
from tests import cast
from tests.forms_inline import form as form_of
from tests.forms_inline import workbook
from tests.respondent import Respondent
from tests.test_form_pages_site import use

JPEG = b"\xff\xd8\xff\xe0 a made-up picture"
SURVEY = """
    | type | name | label | required | appearance |
    | image | photo | Photo of the door | yes | |
    | text | what | What | | |
    | begin_repeat | room | Room | | |
    | file | plan | Plan | | |
    | end_repeat | | | | |
    """


class Page(Respondent):
    """A browser that can choose files."""

    def press(self, do="next", files=(), **answers):
        form = self.form("/form")
        data = [(name, value) for name, value in self.hidden("/form").items() if name not in answers]
        data += [*answers.items(), ("_do", do)]
        data += [(name, (io.BytesIO(content), filename)) for name, filename, content in files]
        grouped = {}
        for name, value in data:
            grouped.setdefault(name, []).append(value)
        return self._took(self.client.post(form.action, data=grouped, environ_base=self._environment, follow_redirects=True,
                                           content_type="multipart/form-data"), form.action)


@pytest.fixture
def page(installation, campaign, wang_household, app):
    use(installation, campaign, workbook(survey=SURVEY))
    return Page(app, "en").open(f"/h/{wang_household.code}/form")


def on_disk(installation, campaign):
    folder = installation.settings.attachments / campaign.slug
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def held_now(installation):
    with installation.store.read() as connection:
        return list(connection.execute(select(held_file)))


def photo(content=JPEG, name="../王小明 door.jpg"):
    return [("q-photo", name, content)]


def test_a_photo_is_kept_at_once_shown_again_and_becomes_an_attachment(installation, campaign, page):
    page.press(files=photo(), **{"q-what": "a door"})
    page.press("back")
    name, source = page.value("q-photo"), page.page.xpath("//img/@src")[0]
    assert name.startswith("王小明_door-") and name.endswith(".jpg")
    assert page.client.get(source).data == JPEG
    assert JPEG not in (installation.settings.attachments / campaign.slug / source.rsplit("/", 1)[1]).read_bytes()  # (HLD-1)
    page.press(**{"q-what": "a door"}).press("next").press("send")
    sent = cast.kept(installation, campaign)[0]
    assert sent["answers"] == {"photo": name, "what": "a door"} and held_now(installation) == []
    key = installation.keyring.campaign("c1")
    with installation.store.read() as connection:
        files = attachments.of_submission(connection, key, sent["id"])
        assert connection.execute(select(attachment.c.kind, attachment.c.size)).one() == ("image", len(JPEG))
    assert files.keys() == {name} and b"".join(Folder(installation.settings.attachments / "c1", key).read(files[name])) == JPEG
    assert page.client.get(source).status_code == 404  # it is sealed for good now (INV-4)


def test_a_photo_is_replaced_and_removed(installation, campaign, page):
    page.press("look", files=photo())
    first = page.value("q-photo")
    page.press("look", files=photo(b"\x89PNG\r\n\x1a\n other", "other.png"))
    assert page.value("q-photo") != first and len(on_disk(installation, campaign)) == 1
    page.press("unset:q-photo")
    assert not page.page.xpath("//input[@type='hidden'][@name='q-photo']") and on_disk(installation, campaign) == set()
    page.press()
    assert page.page.xpath("//*[@id='q-photo-error']")


def test_files_in_a_repeat_go_with_their_entry(installation, campaign, page):
    page.press(files=photo()).press("add:1")
    page.press(files=[("q-room-0-plan", "plan.pdf", b"%PDF-1.7")]).press("next").press("send")
    answers = cast.kept(installation, campaign)[0]["answers"]
    assert answers["room"][0]["plan"].startswith("plan-") and len(on_disk(installation, campaign)) == 2


@pytest.mark.parametrize("content, words", [
    (b"MZ a program", "not a picture"), (b"", "is empty"), (b"\xff\xd8\xff" + b"1" * 2_000, "too large")])
def test_a_file_that_is_refused_says_why_beside_its_question(page, monkeypatch, installation, campaign, content, words):
    monkeypatch.setitem(held_files.MOST_BYTES, "image", 1_000)
    page.press("back", files=photo(content), **{"q-what": "typed"})
    assert words in page.page.get_element_by_id("q-photo-error").text_content() and page.value("q-what") == "typed"
    assert on_disk(installation, campaign) == set()


def test_one_form_does_not_hold_files_without_end(page, monkeypatch, installation, campaign):  # (HLD-4)
    monkeypatch.setattr(held, "MOST_FILES", 1)
    page.press("look", files=photo())
    page.press("add:1").press("look", files=[("q-room-0-plan", "plan.pdf", b"%PDF")])
    assert "too many photos" in page.text and len(on_disk(installation, campaign)) == 1


def test_what_is_never_sent_is_wiped_and_a_late_page_says_so(page, installation, campaign, monkeypatch):  # (HLD-3)
    page.press(files=photo()).press("next")
    folder = installation.settings.attachments / campaign.slug
    assert held.tidy(installation.store, campaign, folder, clock.now()) == 0
    assert held.tidy(installation.store, campaign, folder, clock.now() + timedelta(hours=held.HOURS, minutes=1)) == 1
    assert on_disk(installation, campaign) == set()
    page.press("send")
    assert page.status == 422 and "no longer here" in page.text and cast.kept(installation, campaign) == []


def test_holding_a_file_wipes_what_is_overdue(page, installation, campaign):  # (HLD-3)
    page.press("look", files=photo())
    with installation.store.write() as connection:
        connection.execute(held_file.update().values(held_at=clock.now() - timedelta(days=3)))
    page.press("add:1").press("look", files=[("q-room-0-plan", "plan.pdf", b"%PDF")])
    assert len(on_disk(installation, campaign)) == len(held_now(installation)) == 1


def test_the_same_page_sent_twice_is_one_submission_with_one_file(installation, campaign, page):  # (INV-1)
    page.press(files=photo()).press("next")
    again = Page.__new__(Page)
    again.__dict__.update(page.__dict__)
    receipts = [each.press("send").text for each in (page, again)]
    assert receipts[0] == receipts[1] and len(cast.kept(installation, campaign)) == 1 and len(on_disk(installation, campaign)) == 1


def test_a_name_that_nobody_uploaded_is_no_answer(installation, campaign, page):
    page.press(**{"q-photo": "someone-elses.jpg"}).press("next").press("send")
    assert page.status == 422 and cast.kept(installation, campaign) == []


def test_a_file_is_shown_at_its_own_door_only(page, li_household):
    page.press("look", files=photo())
    file = page.page.xpath("//img/@src")[0].rsplit("/", 1)[1]
    assert page.client.get(f"/h/{li_household.code}/file/{file}").status_code == 404


def test_a_correction_carries_the_photo_on_and_may_add_another(installation, campaign, wang_household, page):  # (ATT-4)
    page.press(files=photo()).press("next").press("send")
    receipt = page.page.xpath("//*[contains(@class, 'number-label')]/following-sibling::*[1]")[0].text_content().strip()
    page.open(f"/h/{wang_household.code}").send(receipt=receipt, action_end="/correct")
    page.press("go:1").press("add:1")
    page.press(files=[("q-room-0-plan", "plan.pdf", b"%PDF")]).press("review").press("send")
    first, second = cast.kept(installation, campaign)
    key = installation.keyring.campaign("c1")
    with installation.store.read() as connection:
        names = set(attachments.of_submission(connection, key, second["id"]))
    assert second["replaces"] == first["id"]
    assert names == {first["answers"]["photo"], second["answers"]["room"][0]["plan"]}


def test_a_browser_makes_a_photo_small_and_takes_a_signature(chromium):
    drawn = form_of("""
        | type | name | label | appearance |
        | image | photo | Photo | |
        | image | signed | Signature | signature |
        """)
    server = make_server("127.0.0.1", 0, preview_app(drawn), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    try:
        page = context.new_page()
        page.route("**/takeover.js*", lambda route: route.abort())  # the server's own page, as for forms that it keeps to itself
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        large = page.evaluate("""async () => {
            const canvas = new OffscreenCanvas(2400, 1800);
            canvas.getContext("2d").fillRect(100, 100, 900, 900);
            return Array.from(new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer()));
        }""")
        page.locator("[name=q-photo]").set_input_files({"name": "door.png", "mimeType": "image/png", "buffer": bytes(large)})
        shown = page.locator("img[src*=door]")
        shown.wait_for()
        assert shown.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [1600, 1200]
        box = page.locator("canvas").bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 90, steps=4)
        page.mouse.up()
        page.get_by_role("button", name="写好了，就用这个").click()
        page.locator("img[src*=signature]").wait_for()
        page.get_by_role("button", name="下一步").click()
        page.get_by_role("button", name="提交登记").click()
        assert page.locator("#done").is_visible() and "signature-" in page.content()
    finally:
        context.close()
        server.shutdown()
