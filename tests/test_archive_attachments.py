"""An archive holds the files and the marks of submissions, and the files that a form refers to."""
import io
import json

from campaigns import attachments, clock
from campaigns.attachments import Folder
from campaigns.submissions import Entry
from tests import archive_cases as cases
from tests import cast
from tests.forms_inline import workbook
from tests.test_form_pages_site import use

JPEG, PNG = b"\xff\xd8\xff\xe0 a made-up picture", b"\x89PNG\r\n\x1a\n a picture"
BOOK = workbook(survey="| type | name | label | image |\n| text | what | What | a.png |\n| image | photo | Photo | |")


def test_photos_marks_and_the_forms_own_pictures_are_in_the_archive(installation, campaign, wang_household, alice, tmp_path):
    use(installation, campaign, BOOK, "mine", a__png=PNG)
    at, intake = clock.now(), installation.intake(campaign)
    entry = Entry(instance="uuid:1", form_version_id=2, channel="visit", dwelling_id=wang_household.door_id, persons=0,
                  answers={"what": "x", "photo": "../门口.jpg"}, filled_at=at, received_at=at, user=alice.user, source=b"<data/>",
                  flags=("invalid:what",))
    row = intake.prepare(entry)
    kept = Folder(installation.settings.attachments / "c1", intake.key).keep("../门口.jpg", "image", io.BytesIO(JPEG))
    with installation.store.write() as connection:
        accepted = intake.accept(connection, entry, row)
        attachments.add(connection, intake.key, campaign, accepted.id, [kept], at)
    cases.make(installation, campaign, tmp_path / "c1.archive")
    files = cases.files(installation, tmp_path / "c1.archive")
    (line,) = (json.loads(each) for each in files["data/submissions.jsonl"].splitlines())
    assert line["flags"] == ["invalid:what"] and line["answers"]["photo"] in line["attachments"]
    assert files["data/" + line["attachments"]["../门口.jpg"]] == JPEG
    [picture] = cases.table(files, "form_files")
    assert picture["name"] == "a.png" and files["data/" + picture["file"]] == PNG
    assert cast.kept(installation, campaign)[0]["flags"] == ["invalid:what"]
