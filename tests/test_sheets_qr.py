"""The QR codes: equal to what `qrcode` draws, small, and refused when they could not be read."""
import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode import util
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from campaigns.codes import symbols
from exports.sheets import qr
from exports.sheets.layouts import LAYOUTS
from exports.sheets.paper import AddressTooLong

codes = st.text(symbols.ALPHABET, min_size=12, max_size=12)
EVEN, ODD = "HTTPS://SURVEY.EXAMPLE.CN/H/", "HTTPS://SURVEY.EXAMPLE.COM/H/"
MAKERS = {(address, level): qr.QrMaker(address, level) for address in (EVEN, ODD, "HTTP://10.0.0.7:8000/H/") for level in "MQ"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(MAKERS)), codes)
def test_a_composed_code_is_the_code_that_qrcode_draws_module_for_module(maker, code):
    address, level = maker
    drawn = qrcode.QRCode(error_correction={"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}[level], mask_pattern=3)
    drawn.add_data(util.QRData(address + code, mode=util.MODE_ALPHA_NUM))
    drawn.make()
    assert MAKERS[maker].of(code) == qr.Bitmap(len(drawn.modules), qr._bits(drawn.modules))


def test_an_independent_reader_reads_every_symbol_at_every_place():
    maker = MAKERS[ODD, "M"]
    for symbol in symbols.ALPHABET:
        assert zxingcpp.read_barcode(picture(maker.of(symbol * 12))).text == ODD + symbol * 12


def picture(bitmap: qr.Bitmap) -> Image.Image:
    """Four pixels a module, with the quiet zone."""
    packed = bytes.fromhex(bitmap.hex())
    image = Image.frombytes("1", (bitmap.modules, bitmap.modules), bytes(255 - byte for byte in packed))
    page = Image.new("L", (bitmap.modules + 2 * qr.QUIET,) * 2, 255)
    page.paste(image.convert("L"), (qr.QUIET, qr.QUIET))
    return page.resize([side * 4 for side in page.size], Image.NEAREST)


def test_the_usual_address_makes_a_code_of_29_modules_also_at_level_Q():
    assert (MAKERS[EVEN, "M"].modules, MAKERS[EVEN, "Q"].modules) == (29, 29)


def test_the_address_in_the_code_is_in_capitals_with_the_port_kept():
    assert qr.address_in_code("http://survey.example.cn:8080") == "HTTP://SURVEY.EXAMPLE.CN:8080/H/"


def test_a_badge_opens_another_path_than_a_door():
    assert qr.address_in_code("https://a.cn", "B") == "HTTPS://A.CN/B/"


def test_a_chinese_host_name_is_written_in_its_ascii_form():
    assert qr.address_in_code("https://龙泉.cn") == "HTTPS://XN--BWWX79H.CN/H/"
    assert b"xn--bwwx79h".decode("idna") == "龙泉"


@pytest.mark.parametrize("url", ["https://my_host.example", "http://[::1]:8000", "https://a@b.cn", "https://.龙.cn"])
def test_an_address_that_the_small_code_cannot_hold_is_refused(url):
    with pytest.raises(qr.AddressUnfit) as refused:
        qr.address_in_code(url)
    assert "SURVEY_PUBLIC_URL" in refused.value.text.en and url in refused.value.text.zh


def test_an_address_so_long_that_modules_get_too_fine_is_refused_on_labels_and_taken_on_sheets():
    modules = qr.QrMaker(f"HTTPS://{'A' * 180}.CN/H/", "M").modules
    LAYOUTS["sheet"].check(modules)
    with pytest.raises(AddressTooLong):
        LAYOUTS["label"].check(modules)
