"""Products, reduction cards and after-sales conditions on the wire."""

from datetime import datetime

from sandbox.jsontypes import Json
from sandbox.personality import Personality
from sandbox.products import CATALOGUE, CLASS_NAMES, LANGUAGES, RULE_TEXTS, Product, Rule
from sandbox.refund_rules import FEE_PER_REQUEST, Validity, Verdict, windows
from sandbox.tariff import CARDS, FIRST
from sandbox.trips import iso
from sandbox.wire import Answer, Call

OWNER = "urn:uic:rics:1185"
OPTIONS: list[Json] = [{"type": "ETICKET", "media": "PDF_A4"}]
REFUNDABLE = {
    Rule.UNTIL_VALID: "YES",
    Rule.HALF_AN_HOUR: "WITH_CONDITION",
    Rule.BEFORE_FIRST_DAY: "WITH_CONDITION",
}


def service_class(product: Product, language: str) -> Json:
    """The `ServiceClass` of a product."""
    first = product.travel_class == FIRST
    return {
        "type": "BEST" if first else "BASIC",
        "name": CLASS_NAMES[product.travel_class][language],
    }


def product_message(product_id: str, language: str) -> Json:
    """The OSDM `Product`."""
    product = CATALOGUE[product_id]
    texts = RULE_TEXTS[product.rule]
    return {
        "id": product.id,
        "code": product.code,
        "type": product.type,
        "summary": product.name(language),
        "summaryTranslations": [
            {"language": each, "text": product.name(each)} for each in LANGUAGES
        ],
        "owner": OWNER,
        "flexibility": product.flexibility,
        "serviceClass": service_class(product, language),
        "travelClass": product.travel_class,
        "isTrainBound": product.train_bound,
        "isReturnProduct": product.is_return,
        "fulfillmentOptions": OPTIONS,
        "conditions": [
            {
                "type": "REFUND",
                "description": texts[language],
                "descriptionTranslations": [
                    {"language": each, "text": texts[each]} for each in LANGUAGES
                ],
            }
        ],
    }


def after_sale_conditions(validity: Validity, price: int, personality: Personality) -> list[Json]:
    """The refund windows and what each costs; a fee of the whole price means nothing is left."""
    fees = {
        Verdict.FREE: 0,
        Verdict.WITH_FEE: min(FEE_PER_REQUEST, price),
        Verdict.NOTHING: price,
    }
    return [
        {
            "condition": "REFUND",
            "validFrom": iso(window.start),
            "validUntil": iso(window.end),
            "afterSaleFee": personality.price(fees[window.verdict]),
        }
        for window in windows(validity)
    ]


def validity_of(
    product_id: str, valid_from: datetime, valid_until: datetime, purchased: datetime
) -> Validity:
    """What the refund rules need to know of something sold."""
    return Validity(CATALOGUE[product_id].rule, valid_from, valid_until, purchased)


def card_reference(code: str) -> Json:
    """The `CardReference` of a known card."""
    return {"type": CARDS[code][0], "code": code, "issuer": OWNER}


def reduction_cards(call: Call) -> Answer:
    """`GET /reduction-cards`: the cards that lower a price here."""
    cards = [
        {
            "code": code,
            "issuer": OWNER,
            "name": {"id": code, "text": name},
            "cardIdRequired": False,
        }
        for code, (_, name) in CARDS.items()
    ]
    return Answer(call.warnings.into({"reductionCardTypes": cards}))


def versions(_call: Call) -> Answer:
    """`GET /versions`: the version of the standard spoken here."""
    return Answer([{"version": "3.9.0"}])
