"""The catalogue: what the sandbox sells, in four languages, and what the after-sales rules are.

A product id is `CODE[-VARIANT]:CLASS`, for example `P2P:SECOND` or `STP-4:FIRST`; the code alone is
what OSDM calls the product's code. Products of the same code share their rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sandbox.tariff import FIRST, SECOND

LANGUAGES = ("de", "fr", "it", "en")

REGULAR = "P2P"
SUPERSAVER = "SUPERSAVER"
TRAVEL_PASS = "STP"  # noqa: S105 - a product code, not a password
DAY_PASS = "SDP"  # noqa: S105 - a product code, not a password
EXCURSION = "EXC"

# Swiss Travel Pass, adults: days -> (2nd, 1st class). The list of 2026; the rest here is invented.
TRAVEL_PASS_PRICES = {
    3: (25400, 40500),
    4: (30900, 49200),
    6: (39900, 63400),
    8: (43900, 69700),
    15: (49900, 78700),
}
DAY_PASS_FROM = {SECOND: 5200, FIRST: 8800}
DAY_PASS_HALF_FARE_FROM = {SECOND: 2900, FIRST: 5200}


class Rule(Enum):
    """How a product is refunded (see `refund_rules`)."""

    UNTIL_VALID = "free before validity starts, then 10.00 with proof of non-use"
    HALF_AN_HOUR = "free within 30 minutes of purchase, then not refundable"
    BEFORE_FIRST_DAY = "free before the first day of validity, then not refundable"


@dataclass(frozen=True)
class Product:
    """One entry of the catalogue; `names` by language."""

    id: str
    code: str
    names: Mapping[str, str]
    type: str
    travel_class: str
    flexibility: str
    rule: Rule
    train_bound: bool = False
    is_return: bool = False

    def name(self, language: str) -> str:
        """The name in one of LANGUAGES."""
        return self.names[language]


@dataclass(frozen=True)
class Excursion:
    """Several services at one price: `amount` for an adult, `stations` by UIC number."""

    code: str
    names: Mapping[str, str]
    amount: int
    stations: tuple[int, ...]


EXCURSIONS = (
    Excursion(
        "EXC-JUNGFRAU",
        {
            "de": "Ausflug Jungfraujoch: Bahn, Bergbahn und Eispalast ab Interlaken Ost",
            "fr": "Excursion Jungfraujoch: train, chemin de fer de montagne et palais de glace",
            "it": "Escursione Jungfraujoch: treno, ferrovia di montagna e palazzo di ghiaccio",
            "en": "Jungfraujoch excursion: train, mountain railway and ice palace",
        },
        21400,
        (8507492, 8507364),
    ),
    Excursion(
        "EXC-TITLIS",
        {
            "de": "Ausflug Titlis: Bahn, Gondelbahn und Gletscherpark ab Luzern",
            "fr": "Excursion Titlis: train, télécabine et parc du glacier au départ de Lucerne",
            "it": "Escursione Titlis: treno, cabinovia e parco del ghiacciaio da Lucerna",
            "en": "Titlis excursion: train, cable car and glacier park from Lucerne",
        },
        12800,
        (8505000, 8508399),
    ),
    Excursion(
        "EXC-RHEINFALL",
        {
            "de": "Ausflug Rheinfall: Bahn, Schiff zum Felsen und Schlosseintritt ab Zürich HB",
            "fr": "Excursion chutes du Rhin: train, bateau et entrée au château depuis Zurich",
            "it": "Escursione cascate del Reno: treno, battello ed entrata al castello da Zurigo",
            "en": "Rhine Falls excursion: train, boat to the rock and castle entry from Zurich",
        },
        6400,
        (8503000, 8503424),
    ),
)

CLASS_NAMES = {
    FIRST: {"de": "1. Klasse", "fr": "1re classe", "it": "1a classe", "en": "1st class"},
    SECOND: {"de": "2. Klasse", "fr": "2e classe", "it": "2a classe", "en": "2nd class"},
}
CATEGORY_NAMES = {
    "YOUNG_CHILD": {
        "de": "Kind bis 6",
        "fr": "Enfant -6",
        "it": "Bambino -6",
        "en": "Child under 6",
    },
    "CHILD": {"de": "Kind", "fr": "Enfant", "it": "Ragazzo", "en": "Child"},
    "YOUTH": {"de": "Jugendliche", "fr": "Jeune", "it": "Giovane", "en": "Youth"},
    "ADULT": {"de": "Erwachsene", "fr": "Adulte", "it": "Adulto", "en": "Adult"},
    "SENIOR": {"de": "Senioren", "fr": "Senior", "it": "Senior", "en": "Senior"},
    "DOG": {"de": "Hund", "fr": "Chien", "it": "Cane", "en": "Dog"},
    "BICYCLE": {"de": "Velo", "fr": "Vélo", "it": "Bicicletta", "en": "Bicycle"},
}
RULE_TEXTS = {
    Rule.UNTIL_VALID: {
        "de": "Vor Gültigkeitsbeginn kostenlos erstattbar, danach CHF 10 mit Nachweis.",
        "fr": "Remboursable sans frais avant le début de validité, ensuite CHF 10 sur preuve.",
        "it": "Rimborsabile gratis prima dell'inizio della validità, poi CHF 10 con prova.",
        "en": "Refundable free of charge before validity starts, then CHF 10 with proof.",
    },
    Rule.HALF_AN_HOUR: {
        "de": "Innert 30 Minuten nach dem Kauf kostenlos erstattbar, danach nicht mehr.",
        "fr": "Remboursable sans frais dans les 30 minutes après l'achat, ensuite plus.",
        "it": "Rimborsabile gratis entro 30 minuti dall'acquisto, poi non più.",
        "en": "Refundable free of charge within 30 minutes of purchase, not afterwards.",
    },
    Rule.BEFORE_FIRST_DAY: {
        "de": "Bis zum Vortag des ersten Geltungstages kostenlos erstattbar, danach nicht mehr.",
        "fr": "Remboursable sans frais jusqu'à la veille du premier jour, ensuite plus.",
        "it": "Rimborsabile gratis fino alla vigilia del primo giorno, poi non più.",
        "en": "Refundable free of charge until the day before the first day, not afterwards.",
    },
}


def _point_to_point(travel_class: str, *, supersaver: bool, is_return: bool) -> Product:
    code = SUPERSAVER if supersaver else REGULAR
    names = (
        {
            "de": "Sparbillett",
            "fr": "Billet dégriffé",
            "it": "Biglietto risparmio",
            "en": "Supersaver",
        }
        if supersaver
        else {
            "de": "Normalbillett",
            "fr": "Billet ordinaire",
            "it": "Biglietto ordinario",
            "en": "Ticket",
        }
    )
    suffix = {
        "de": " hin und zurück",
        "fr": " aller-retour",
        "it": " andata e ritorno",
        "en": " return",
    }
    return Product(
        id=f"{code}{'-RETURN' if is_return else ''}:{travel_class}",
        code=code,
        names={each: name + (suffix[each] if is_return else "") for each, name in names.items()},
        type="ADMISSION_POINT2POINT",
        travel_class=travel_class,
        flexibility="NON_FLEXIBLE" if supersaver else "FULL_FLEXIBLE",
        rule=Rule.HALF_AN_HOUR if supersaver else Rule.UNTIL_VALID,
        train_bound=supersaver,
        is_return=is_return,
    )


def _travel_pass(days: int, travel_class: str) -> Product:
    words = {"de": "Tage", "fr": "jours", "it": "giorni", "en": "days"}
    return Product(
        id=f"{TRAVEL_PASS}-{days}:{travel_class}",
        code=TRAVEL_PASS,
        names={each: f"Swiss Travel Pass {days} {word}" for each, word in words.items()},
        type="ADMISSION_PASS",
        travel_class=travel_class,
        flexibility="SEMI_FLEXIBLE",
        rule=Rule.BEFORE_FIRST_DAY,
    )


def _day_pass(travel_class: str) -> Product:
    return Product(
        id=f"{DAY_PASS}:{travel_class}",
        code=DAY_PASS,
        names={
            "de": "Spartageskarte",
            "fr": "Carte journalière dégriffée",
            "it": "Carta giornaliera risparmio",
            "en": "Saver Day Pass",
        },
        type="ADMISSION_PASS",
        travel_class=travel_class,
        flexibility="NON_FLEXIBLE",
        rule=Rule.HALF_AN_HOUR,
    )


def _excursion(excursion: Excursion) -> Product:
    return Product(
        id=f"{excursion.code}:{SECOND}",
        code=excursion.code,
        names=excursion.names,
        type="ADMISSION_PASS",
        travel_class=SECOND,
        flexibility="SEMI_FLEXIBLE",
        rule=Rule.BEFORE_FIRST_DAY,
    )


def _catalogue() -> dict[str, Product]:
    entries = [_excursion(excursion) for excursion in EXCURSIONS]
    for travel_class in (SECOND, FIRST):
        entries += [
            _point_to_point(travel_class, supersaver=supersaver, is_return=is_return)
            for supersaver in (False, True)
            for is_return in (False, True)
        ]
        entries += [_travel_pass(days, travel_class) for days in TRAVEL_PASS_PRICES]
        entries.append(_day_pass(travel_class))
    return {product.id: product for product in entries}


CATALOGUE: Mapping[str, Product] = _catalogue()


def point_to_point(code: str, travel_class: str, *, is_return: bool) -> Product:
    """The regular (`P2P`) or supersaver product of a class."""
    return CATALOGUE[f"{code}{'-RETURN' if is_return else ''}:{travel_class}"]
