"""The PDF: readable, in four languages, marked as a specimen, with a code that can be scanned."""

import io
from dataclasses import replace
from datetime import datetime

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from sandbox.ticket import WORDS, Right, Ticket, aztec, barcode_text, drawable, render

RIGHT = Right(
    product="Sparbillett",
    travel_class="2. Klasse",
    travellers=("Łukasz Ÿsaÿe", "Zoë Müller"),
    valid_from=datetime.fromisoformat("2027-03-12T07:32:00+01:00"),
    valid_until=datetime.fromisoformat("2027-03-12T08:28:00+01:00"),
    lines=("12.03.2027 07:32 Bern - 08:28 Zürich HB (IC 1, 906)",),
    train_bound=True,
)
TICKET = Ticket(
    language="de",
    booking_code="ABC234",
    control_number="0123456789",
    issued=datetime.fromisoformat("2027-03-02T10:00:00+01:00"),
    amount=5120,
    rights=(RIGHT,),
)


def pages(ticket: Ticket) -> list[str]:
    """The texts of the pages."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(render(ticket))).pages]


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_it_says_in_each_language_what_it_is_and_that_it_is_a_specimen(language: str) -> None:
    (text,) = pages(replace(TICKET, language=language))
    assert WORDS[language]["title"] in text
    assert WORDS[language]["bound"] in text
    assert f"{WORDS[language]['price']}: CHF 51.20" in text
    assert "SPECIMEN" in text
    for each in WORDS.values():
        assert each["notice"] in text
    for fact in ("ABC234", "0123456789", *RIGHT.lines, "Łukasz Ÿsaÿe, Zoë Müller"):
        assert fact in text


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Łukasz Ÿsaÿe Šimić", "Łukasz Ÿsaÿe Šimić"),
        ("Đorđe", "Dorđe"),
        ("Nguyễn", "Nguyen"),
        ("王伟", "??"),
    ],
)
def test_a_letter_that_the_font_lacks_is_never_dropped_silently(name: str, drawn: str) -> None:
    assert drawable(name) == drawn
    (text,) = pages(replace(TICKET, rights=(replace(RIGHT, travellers=(name,)),)))
    assert drawn in text


def test_the_aztec_code_can_be_read_and_begins_with_specimen() -> None:
    fields = aztec(barcode_text(TICKET))
    quiet = 3
    image = Image.new("L", (2 * quiet + len(fields), 2 * quiet + len(fields)), 255)
    for y, row in enumerate(fields):
        for x, dark in enumerate(row):
            image.putpixel((quiet + x, quiet + y), 0 if dark else 255)
    (code,) = zxingcpp.read_barcodes(image.resize((300, 300), Image.Resampling.NEAREST))
    assert code.format == zxingcpp.BarcodeFormat.Aztec
    assert code.text == "SPECIMEN|ABC234|0123456789|CHF 51.20"


def test_many_rights_go_on_over_several_pages_each_marked() -> None:
    found = pages(replace(TICKET, rights=(RIGHT,) * 12))
    assert len(found) == 2
    assert all("SPECIMEN" in each for each in found)
    assert sum(each.count("Sparbillett") for each in found) == 12
    assert "CHF 51.20" in found[1]


def test_the_same_ticket_is_the_same_file() -> None:
    again = replace(TICKET, rights=(replace(RIGHT, travellers=RIGHT.travellers),))
    assert render(again) == render(TICKET)
