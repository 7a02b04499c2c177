"""`make demo`: fills the running shop with a week of varied sales and refunds, by the real path.

Signs in as the demo's agents and does over the API what the page does: search, put into a draft,
name the travellers, hold, sell, quote, refund. PORT says where the shop listens.
"""

import random
import time
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from scripts.environment import port, state_dir
from scripts.shop import Problem, Shop, read_users
from scripts.steps import say

_SWITZERLAND: Final = ZoneInfo("Europe/Zurich")
_AGENTS: Final = ("keller", "rochat")
_DAYS: Final = 7
_SALES_A_DAY: Final = 6
_SETTLED_SECONDS: Final = 30.0
_MOST_TRIES: Final = 12
_SEED: Final = 1185  # the same week on every machine, as far as quotas allow

_ROUTES: Final = (
    ("BN", "ZUE"),
    ("ZUE", "LG"),
    ("GE", "BN"),
    ("BS", "IO"),
    ("LZ", "ZUE"),
    ("CH", "SM"),
    ("LS", "SIO"),
    ("BN", "BRI"),
    ("SG", "BS"),
    ("ZUE", "CH"),
)
_PEOPLE: Final = (
    ("Anna", "Meier"),
    ("Paul", "Meier"),
    ("Sophie", "Dubois"),
    ("Luca", "Bernasconi"),
    ("Emma", "Schneider"),
    ("Noah", "Graf"),
    ("Chiara", "Rossi"),
    ("Jonas", "Wäfler"),
    ("Céline", "Perret"),
    ("Hiroshi", "Tanaka"),
    ("Maria", "Fernández"),
    ("Elif", "Yildiz"),
)
_CARDS: Final[tuple[list[str], ...]] = ([], ["half-fare"], ["half-fare"], ["ga-2nd"])


def main() -> None:
    """Sell and refund; ends with what was done and how long it took."""
    address = f"http://127.0.0.1:{port('PORT', 8000)}"
    users = read_users(state_dir() / "users.json")
    chance = random.Random(_SEED)  # noqa: S311 - variety, not secrecy
    started = time.monotonic()
    done = {"sold": 0, "refunded": 0, "kept as draft": 0, "not available": 0}
    shops = [Shop.sign_in(address, name, users[name]) for name in _AGENTS]
    for day in range(_DAYS):
        for number in range(_SALES_A_DAY):
            shop = shops[(day + number) % len(shops)]
            try:
                outcome = _one_customer(shop, chance, days_ahead=day + 1, number=number)
            except Problem as problem:
                outcome = "not available"
                say(f"  {problem}")
            done[outcome] += 1
        say(f"Day {day + 1} of {_DAYS}: " + ", ".join(f"{n} {what}" for what, n in done.items()))
    say(f"Done in {time.monotonic() - started:.0f} s. See {address}/orders")


def _one_customer(shop: Shop, chance: random.Random, *, days_ahead: int, number: int) -> str:
    """One customer's visit; how it ended."""
    touristic = number == _SALES_A_DAY - 1
    search = _touristic(shop, chance, days_ahead) if touristic else _trip(shop, chance, days_ahead)
    wanted = "pass" if touristic else "supersaver" if chance.random() < _HALF else "regular"
    offers = [offer for offer in search["offers"] if offer["kind"] == wanted]
    offer = chance.choice(offers or search["offers"])
    order = shop.post("/orders", {"customer_reference": _reference(chance)})
    path = f"/orders/{order['number']}"
    order = shop.post(f"{path}/items", {"search": search["id"], "offer": offer["number"]})
    shop.patch(path, {"travellers": _named(order["travellers"], chance)})
    if chance.random() < _RARELY:
        return "kept as draft"
    held = shop.settled(shop.post(f"{path}/hold", {}), _SETTLED_SECONDS)
    sold = shop.settled(shop.post(f"{path}/sale", {"total": held["total"]}), _SETTLED_SECONDS)
    if wanted != "regular" or chance.random() > _SOMETIMES:
        return "sold"
    return _give_back(shop, path, sold, chance)


_HALF: Final = 0.5
_SOMETIMES: Final = 0.4
_RARELY: Final = 0.08


def _trip(shop: Shop, chance: random.Random, days_ahead: int) -> dict[str, Any]:
    origin, destination = chance.choice(_ROUTES)
    when = datetime.now(_SWITZERLAND).date() + timedelta(days=days_ahead)
    body: dict[str, Any] = {
        "origin": _place(shop, origin),
        "destination": _place(shop, destination),
        "when": f"{when}T{chance.randrange(6, 20):02d}:{chance.choice((0, 15, 30)):02d}",
        "travellers": _party(chance),
        "language": chance.choice(("de", "fr", "it", "en")),
    }
    return shop.post("/searches", body)


def _touristic(shop: Shop, chance: random.Random, days_ahead: int) -> dict[str, Any]:
    day: date = datetime.now(_SWITZERLAND).date() + timedelta(days=days_ahead)
    travellers = [{"ref": "P1", "kind": "person", "age": chance.randrange(26, 70), "cards": []}]
    return shop.post(
        "/touristic-searches", {"day": str(day), "travellers": travellers, "language": "en"}
    )


def _place(shop: Shop, code: str) -> str:
    places = shop.get(f"/places?q={code}&limit=1")["places"]
    if not places:
        raise Problem("unknown-place", code)
    return str(places[0]["id"])


def _party(chance: random.Random) -> list[dict[str, Any]]:
    party: list[dict[str, Any]] = []
    for index in range(chance.choice((1, 1, 1, 2, 2, 3))):
        age = chance.randrange(26, 75)
        cards = chance.choice(_CARDS)
        party.append({"ref": f"P{index + 1}", "kind": "person", "age": age, "cards": cards})
    if chance.random() < _RARELY:
        party.append({"ref": "D1", "kind": "dog", "age": None, "cards": []})
    return party


def _named(travellers: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    people = chance.sample(_PEOPLE, len(travellers))
    today = datetime.now(_SWITZERLAND).date()
    return [
        {
            "ref": traveller["ref"],
            "first_name": first,
            "last_name": last,
            "birth_date": str(
                today.replace(day=1) - timedelta(days=365.25 * traveller["age"] + 40)
            ),
            "email": f"traveller{number}@example.org",
            "phone": "+41790000000",
        }
        for number, (traveller, (first, last)) in enumerate(zip(travellers, people, strict=True))
        if traveller["kind"] == "person"
    ]


def _give_back(shop: Shop, path: str, order: dict[str, Any], chance: random.Random) -> str:
    tickets = [t["id"] for item in order["items"] for t in item["sale"]["tickets"]]
    chosen = tickets if chance.random() < _HALF else tickets[:1]
    quoted = shop.post(f"{path}/refunds", {"tickets": chosen, "reason": None})
    refund = shop.settled(quoted, _SETTLED_SECONDS)["refunds"][-1]
    accepted = shop.post(f"{path}/refunds/{refund['id']}/acceptance", {"amount": refund["amount"]})
    shop.settled(accepted, _SETTLED_SECONDS)
    return "refunded"


def _reference(chance: random.Random) -> str:
    return f"K-{chance.randrange(1000, 9999)}" if chance.random() < _HALF else ""


if __name__ == "__main__":
    main()
