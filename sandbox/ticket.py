"""The ticket's PDF (A4), which says in four languages that it is a specimen.

It is simulated and carries no railway's mark. Its Aztec code holds plain text beginning with
`SPECIMEN`, so no inspection device takes it for a ticket.
"""

import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import zxingcpp
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

mm = 72 / 25.4  # points of a PDF
REGULAR = "Vera"
BOLD = "VeraBd"
LEFT = 20 * mm
PAGE_WIDTH: float = A4[0]
PAGE_HEIGHT: float = A4[1]
WIDTH = PAGE_WIDTH - 2 * LEFT
MARK_SIZE = 42 * mm
PAGE_ENDS = 75 * mm
# Letters that no decomposition leads to a plain one.
PLAIN = {"Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "Ŋ": "N", "ŋ": "n", "ẞ": "SS", "ŧ": "t"}

WORDS = {
    "de": {
        "title": "Billett",
        "code": "Buchung",
        "control": "Kontrollnummer",
        "issued": "Ausgestellt",
        "valid": "Gültig",
        "for": "Reisende",
        "bound": "Nur für die genannten Züge gültig",
        "price": "Preis",
        "notice": "MUSTER: simuliert, berechtigt nicht zur Fahrt",
    },
    "fr": {
        "title": "Billet",
        "code": "Réservation",
        "control": "Numéro de contrôle",
        "issued": "Émis",
        "valid": "Valable",
        "for": "Voyageurs",
        "bound": "Valable uniquement dans les trains indiqués",
        "price": "Prix",
        "notice": "SPÉCIMEN : simulé, non valable pour voyager",
    },
    "it": {
        "title": "Biglietto",
        "code": "Prenotazione",
        "control": "Numero di controllo",
        "issued": "Emesso",
        "valid": "Valido",
        "for": "Viaggiatori",
        "bound": "Valido solo sui treni indicati",
        "price": "Prezzo",
        "notice": "CAMPIONE: simulato, non valido per viaggiare",
    },
    "en": {
        "title": "Ticket",
        "code": "Booking",
        "control": "Control number",
        "issued": "Issued",
        "valid": "Valid",
        "for": "Travellers",
        "bound": "Valid on the trains named only",
        "price": "Price",
        "notice": "SPECIMEN: simulated, not valid for travel",
    },
}


@dataclass(frozen=True)
class Right:
    """One travel right on the ticket; `lines` describe its trains, one each."""

    product: str
    travel_class: str
    travellers: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    lines: tuple[str, ...]
    train_bound: bool


@dataclass(frozen=True)
class Ticket:
    """What is printed; `amount` in rappen, `language` one of de, fr, it, en."""

    language: str
    booking_code: str
    control_number: str
    issued: datetime
    amount: int
    rights: tuple[Right, ...]


@lru_cache(maxsize=256)
def render(ticket: Ticket) -> bytes:
    """The PDF file of the ticket, of as many pages as it needs; always the same bytes."""
    _load_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    canvas.setTitle(f"SPECIMEN {ticket.control_number}")
    _draw_watermark(canvas)
    top = _draw_head(canvas, ticket)
    _draw_barcode(canvas, barcode_text(ticket))
    for right in ticket.rights:
        if top < PAGE_ENDS:
            canvas.showPage()
            _draw_watermark(canvas)
            top = PAGE_HEIGHT - 28 * mm
        top = _draw_right(canvas, right, ticket.language, top)
    _draw_foot(canvas, ticket, top)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def barcode_text(ticket: Ticket) -> str:
    """What the Aztec code says."""
    return f"SPECIMEN|{ticket.booking_code}|{ticket.control_number}|CHF {_money(ticket.amount)}"


def drawable(text: str) -> str:
    """The text with letters that the font lacks written in others, never silently dropped."""
    known = _load_fonts()
    return "".join(letter if ord(letter) in known else _nearest(letter, known) for letter in text)


def _nearest(letter: str, known: "frozenset[int]") -> str:
    decomposed = PLAIN.get(letter) or unicodedata.normalize("NFKD", letter)
    return "".join(each for each in decomposed if ord(each) in known) or "?"


@lru_cache(maxsize=1)
def _load_fonts() -> "frozenset[int]":
    faces = {name: TTFont(name, f"{name}.ttf") for name in (REGULAR, BOLD)}
    for font in faces.values():
        pdfmetrics.registerFont(font)
    # Glyph 0 is the empty box: the font lists some letters that it cannot draw.
    return frozenset.intersection(
        *(
            frozenset(letter for letter, glyph in font.face.charToGlyph.items() if glyph)
            for font in faces.values()
        )
    )


def _money(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _draw_watermark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillGray(0.9)
    canvas.setFont(BOLD, 104)
    canvas.drawCentredString(0, -30, "SPECIMEN")
    canvas.restoreState()


def _draw_head(canvas: Canvas, ticket: Ticket) -> float:
    words = WORDS[ticket.language]
    top = PAGE_HEIGHT - 28 * mm
    canvas.setFont(BOLD, 20)
    canvas.drawString(LEFT, top, words["title"])
    canvas.setFont(BOLD, 9)
    for each in WORDS:
        top -= 5 * mm
        canvas.drawString(LEFT, top, WORDS[each]["notice"])
    canvas.setFont(REGULAR, 9)
    top -= 9 * mm
    for label, value in (
        (words["code"], ticket.booking_code),
        (words["control"], ticket.control_number),
        (words["issued"], f"{ticket.issued:%d.%m.%Y %H:%M}"),
    ):
        canvas.drawString(LEFT, top, f"{label}: {value}")
        top -= 5 * mm
    return top - 9 * mm


def _draw_right(canvas: Canvas, right: Right, language: str, top: float) -> float:
    words = WORDS[language]
    canvas.line(LEFT, top + 6 * mm, LEFT + WIDTH, top + 6 * mm)
    top = _draw_lines(canvas, f"{right.product}, {right.travel_class}", BOLD, 11, top)
    validity = f"{right.valid_from:%d.%m.%Y %H:%M} - {right.valid_until:%d.%m.%Y %H:%M}"
    texts = [f"{words['valid']}: {validity}", *right.lines]
    if right.train_bound:
        texts.append(words["bound"])
    texts.append(f"{words['for']}: {', '.join(right.travellers)}")
    for text in texts:
        top = _draw_lines(canvas, text, REGULAR, 9, top)
    return top - 5 * mm


def _draw_lines(canvas: Canvas, text: str, font: str, size: int, top: float) -> float:
    canvas.setFont(font, size)
    for line in simpleSplit(drawable(text), font, size, WIDTH):
        canvas.drawString(LEFT, top, line)
        top -= size * 1.45
    return top


def _draw_foot(canvas: Canvas, ticket: Ticket, top: float) -> None:
    canvas.line(LEFT, top + 6 * mm, LEFT + WIDTH, top + 6 * mm)
    canvas.setFont(BOLD, 12)
    label = WORDS[ticket.language]["price"]
    canvas.drawString(LEFT, top, f"{label}: CHF {_money(ticket.amount)}")


def _draw_barcode(canvas: Canvas, text: str) -> None:
    rows = aztec(text)
    size = MARK_SIZE / len(rows)
    right, bottom = PAGE_WIDTH - LEFT - MARK_SIZE, PAGE_HEIGHT - 24 * mm - MARK_SIZE
    quiet = 3 * size
    canvas.setFillGray(1)
    canvas.rect(right - quiet, bottom - quiet, *(2 * [MARK_SIZE + 2 * quiet]), stroke=0, fill=1)
    canvas.setFillGray(0)
    # One path for all dark fields: separate rectangles leave hairlines between them.
    path = canvas.beginPath()
    for y, row in enumerate(reversed(rows)):
        for x, dark in enumerate(row):
            if dark:
                path.rect(right + x * size, bottom + y * size, size, size)
    canvas.drawPath(path, stroke=0, fill=1)


def aztec(text: str) -> list[list[bool]]:
    """The fields of the Aztec code of a text, row by row from the top; True is dark."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Aztec, ec_level="23%")
    image: Any = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    pixels: list[list[int]] = memoryview(image).tolist()  # type: ignore[assignment] # two dimensions
    return [[value == 0 for value in row] for row in pixels]
