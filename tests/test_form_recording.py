"""A code before the camera, recordings, films and papers in a form that is filled in the browser. The camera is Chromium's own
stand-in that plays a film of a QR code; where a browser on a PC reads no codes itself, zxing reads what the page sees."""
import base64
import io

import pytest
import qrcode
import zxingcpp
from PIL import Image
from sqlalchemy import select

from campaigns import attachments
from campaigns.store.schema import submission
from tests import cast, chosen_files
from tests import runtime_walker as runtime
from tests.forms_inline import form, workbook
from tests.test_form_pages_site import use

CODE = "幸福里-3-2-501 0012"
WIDE, HIGH = 640, 480
DETECTOR = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return %s; }
  async detect(video) {
    if (!video.videoWidth) return [];
    const canvas = Object.assign(document.createElement("canvas"), {width: video.videoWidth, height: video.videoHeight});
    canvas.getContext("2d").drawImage(video, 0, 0);
    const text = await window.codeIn(canvas.toDataURL("image/png"));
    return text ? [{rawValue: text}] : [];
  }
};"""
MEDIA = """
    | type | name | label | required |
    | begin_group | all | All | |
    | audio | sound | Sound | yes |
    | video | film | Film | |
    | file | paper | Paper | |
    | end_group | | | |
    """


@pytest.fixture
def camera(chromium, tmp_path):
    """`camera(formats)`: a page whose camera sees CODE, in a browser that reads codes of these formats."""
    picture = Image.new("L", (WIDE, HIGH), 255)
    code = qrcode.make(CODE).convert("L").resize((400, 400))
    picture.paste(code, ((WIDE - 400) // 2, (HIGH - 400) // 2))
    film = tmp_path / "code.y4m"
    film.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDE, HIGH) +
                     (b"FRAME\n" + picture.tobytes() + bytes([128]) * (WIDE * HIGH // 2)) * 3)
    browser = chromium.browser_type.launch(executable_path=runtime.chromium_path(), args=[
        "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}"])

    def read(address):
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("L"))
        return found[0].text if found else ""

    def make(formats):
        page = runtime.blank_page(browser)
        page.expose_function("codeIn", read)
        page.add_init_script(DETECTOR % formats)
        page.reload()
        return page
    yield make
    browser.close()


BARCODE = "| type | name | label |\n| barcode | tag | Tag |\n| text | other | Other |"


def test_a_code_before_the_camera_becomes_the_answer_and_the_camera_stops(camera):
    page, asked = camera('["qr_code"]'), form(BARCODE)
    assert runtime.open_form(page, asked, "en") == ""
    page.get_by_role("button", name="Scan with the camera").click()
    page.get_by_text("Read; please check it.").wait_for()
    assert page.locator("[name=q-tag]").input_value() == CODE
    assert page.locator("video").evaluate("v => v.hidden && v.srcObject.getTracks().every(t => t.readyState === 'ended')")
    runtime.walk(page)
    assert "<tag>" in runtime.sent(page)


def test_where_the_browser_reads_no_codes_ours_does_and_without_a_camera_the_code_is_typed(camera):
    page = camera("[]")
    assert runtime.open_form(page, form(BARCODE), "zh") == ""
    page.get_by_role("button", name="用摄像头扫码").click()
    page.get_by_text("扫到了，请核对。").wait_for()
    assert page.locator("[name=q-tag]").input_value() == CODE
    page.evaluate("() => { navigator.mediaDevices.enumerateDevices = async () => []; }")
    assert runtime.open_form(page, form(BARCODE), "en") == ""
    page.fill("[name=q-tag]", "A 12")
    assert page.get_by_role("button", name="Scan with the camera").is_hidden()
    page = camera('["qr_code"]')
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')); }")
    assert runtime.open_form(page, form(BARCODE), "en") == ""
    page.get_by_role("button", name="Scan with the camera").click()
    page.get_by_text("The camera cannot be used").or_(page.get_by_text("camera")).first.wait_for()


def test_recordings_films_and_papers_arrive_as_they_were_chosen_and_what_is_none_is_refused_in_words(
        phone, installation, campaign, wang_household):
    use(installation, campaign, workbook(survey=MEDIA))
    page = phone(language="en")
    page.goto(f"/h/{wang_household.code}/form")
    page.keyboard.press("Shift")
    page.locator("#entry[data-runtime=on]").wait_for()
    assert page.get_by_text("Record or choose sound").bounding_box()["height"] >= 48  # the browser's own button is small and nameless
    for name, wrong, said in (
            ("sound", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}, "not a sound recording"),
            ("film", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}, "not a video"),
            ("paper", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b""}, "The file is empty")):
        page.set_input_files(f"[name=q-{name}]", wrong)
        page.get_by_text(said).wait_for()
    # what only looks like sound is judged by the server, by its content
    page.set_input_files("[name=q-sound]", {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": b"just words"})
    page.locator(".kept-file audio").wait_for()
    page.locator("button[value=next]").click()
    page.locator("button[value=send]").click()
    page.locator("#error-summary").get_by_role("button", name="not a sound recording").click()

    chosen = {name: chosen_files.of_kind(kind) for name, kind in (("sound", "audio"), ("film", "video"), ("paper", "file"))}
    for name, file in chosen.items():
        page.set_input_files(f"[name=q-{name}]", file)
        page.locator(f".question:has([name=q-{name}]) .kept-file > *").first.wait_for()
    page.locator("button[value=review]").click()
    page.locator("button[value=send]").click()
    page.wait_for_url("**/receipt")
    kept, = cast.kept(installation, campaign)
    key = installation.keyring.campaign(campaign.slug)
    with installation.store.read() as connection:
        files = attachments.of_submission(connection, key, connection.execute(select(submission.c.id)).scalar_one())
    folder = attachments.Folder(installation.settings.attachments / campaign.slug, key)
    assert {name: b"".join(folder.read(files[kept["answers"][name]])) for name in chosen} == {
        name: file["buffer"] for name, file in chosen.items()}
