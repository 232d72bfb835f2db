"""A full disk while a household sends: it is told, nothing is acknowledged, what it typed stays, and the server lives on."""
import os
import subprocess

import pytest

from campaigns.installation import Installation
from campaigns.settings import Settings
from survey.app import create_app
from tests import cast
from tests.core_cases import limit_pages
from tests.respondent import Respondent


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def check(installation, fill, free):
    """The whole story: full, refused, still there, freed, taken."""
    made = cast.campaign(installation)
    houses = [cast.door(installation, made, str(501 + number)) for number in range(3)]
    fields = [*cast.fields(installation, made), ("q-suggestion", "好" * 1900)]
    app = create_app(installation)
    phone = Respondent(app).open(f"/h/{houses[0].code}/form")
    fill()
    phone.send(fields)
    assert phone.status == 503 and "没能保存" in phone.text
    assert phone.value("q-person-1-name") == "李𠮷"
    assert cast.kept(installation, made) == []
    assert Respondent(app).open(f"/h/{houses[1].code}").status == 200
    free()
    assert phone.send(fields).url.endswith("/receipt")
    assert len(cast.kept(installation, made)) == 1


def test_a_full_disk_is_told_and_sending_again_works_when_there_is_room(small_disk):
    installation = Installation(Settings(home=small_disk))
    ballast = small_disk / "ballast"

    def fill():
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError:
                pass
    check(installation, fill, ballast.unlink)
    installation.store.close()


def test_a_database_that_may_not_grow_is_told_and_sending_again_works_when_it_may(tmp_path):
    """SQLite's own limit of pages gives the same error as a full disk, for machines without the right to mount."""
    installation = Installation(Settings(home=tmp_path / "instance"))
    limit = limit_pages(installation)

    def fill():
        with installation.store.read() as connection:
            limit["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar()
            assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() < 3
    check(installation, fill, lambda: limit.update(pages=1_000_000))
    installation.store.close()


