"""Two buyers never get the last place, however they hurry."""

from concurrent.futures import ThreadPoolExecutor

from sandbox.quotas import capacity
from tests.contract.sandbox.orders import booking_request, code, offers, person
from tests.contract.sandbox.osdm_client import Json, OsdmClient
from tests.contract.sandbox.osdm_file import OsdmFile

BUYERS = 8


def _smallest_supersaver(client: OsdmClient) -> tuple[Json, int]:
    """The supersaver with the fewest places left among the next trains, and how many those are."""
    answer = offers(client, travelClasses=["SECOND"], flexibilities=["NON_FLEXIBLE"])
    left = {
        trip["id"]: min(
            capacity(f"{leg['timedLeg']['service']['vehicleNumbers'][0]}/{_day(trip)}/SECOND")
            for leg in trip["legs"]
        )
        for trip in answer["trips"]
    }
    trip = min(left, key=lambda each: left[each])
    return next(
        (offer, left[trip])
        for offer in answer["offers"]
        if offer["tripCoverage"]["coveredTripId"] == trip
    )


def _day(trip: Json) -> str:
    return str(trip["startTime"])[:10]


def test_the_last_places_go_to_as_many_buyers_as_there_are(
    plain: OsdmClient, file: OsdmFile
) -> None:
    offer, places = _smallest_supersaver(plain)
    request = booking_request(offer, [person()])

    def buy(number: int) -> list[str]:
        with OsdmClient(plain.sandbox, file) as buyer:
            share = range(number, places + 5, BUYERS)
            answers = [buyer.http.post("/bookings", json=request) for _ in share]
        return ["held" if each.is_success else code(each.json()) for each in answers]

    with ThreadPoolExecutor(BUYERS) as pool:
        outcomes = [each for found in pool.map(buy, range(BUYERS)) for each in found]
    assert outcomes.count("held") == places
    assert outcomes.count("BOOKING_INSUFFICIENT_AVAILABILITY") == 5


def test_a_released_or_lapsed_place_is_on_sale_again(plain: OsdmClient) -> None:
    offer, places = _smallest_supersaver(plain)
    request = booking_request(offer, [person()])
    bookings = [plain.call("POST", "/bookings", request)["booking"] for _ in range(places)]
    plain.call("POST", "/bookings", request, expect=400)
    plain.call("DELETE", f"/bookings/{bookings[0]['id']}", expect=204)
    plain.call("POST", "/bookings", request)
    plain.call("POST", "/bookings", request, expect=400)
