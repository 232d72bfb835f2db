"""Pages joined of kept and of own pieces: the same bytes with and without compression."""
import gzip

import pytest
from markupsafe import Markup

from survey.skeleton import Skeleton, lasting, place

LONG = "登记表𠮷" * 2_000
KEPT = lasting(f"<p>{LONG}</p>")


@pytest.mark.parametrize("own", ["", "<script>", "王小明", Markup("<b>x</b>"), LONG, "x" * 1023, "x" * 1024, "x" * 200_000])
def test_a_page_says_the_same_compressed_and_plain(app, own):
    skeleton = Skeleton(f"<h1>{place('own')}</h1>{LONG}<div>{place('body')}</div>{place('own')}{LONG}{place('body')}")
    page = skeleton.join(200, own=own, body=KEPT)
    written = own if isinstance(own, Markup) else Markup.escape(own)
    body = f"<p>{LONG}</p>"
    assert page.get_data(as_text=True) == f"<h1>{written}</h1>{LONG}<div>{body}</div>{written}{LONG}{body}"
    packed = page.gzipped()
    assert gzip.decompress(packed) == page.get_data()
    assert len(packed) < 2_500 + len(own)


def test_the_first_page_travels_compressed_and_is_the_same_page(resident, wang_household):
    address = f"/h/{wang_household.code}/form"
    plain = resident.client.get(address)
    packed = resident.client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert (plain.status_code, packed.status_code, packed.headers["Content-Encoding"]) == (200, 200, "gzip")
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    for page in (plain.data, gzip.decompress(packed.data)):
        assert b'name="csrf_token"' in page and page.rstrip().endswith(b"</html>")
