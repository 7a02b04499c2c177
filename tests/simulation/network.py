"""The way to the distributor, and everything that can happen on it.

A call takes time; it may be turned away, lose its answer before or after the effect, or arrive
long after its sender gave up. The distributor itself is the fake that the contract suite keeps
honest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from agenturclient.kernel.money import Money
from agenturclient.sales.ports import (
    Abilities,
    Booking,
    DistributorFailure,
    DocumentFile,
    HoldRequest,
    Offers,
    OutcomeUnknown,
    Place,
    RefundQuote,
    RefundRequest,
    Refusals,
    Refused,
    TouristicQuery,
    TripQuery,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.fakes import FakeDistributor
    from tests.simulation.scheduler import Scheduler

T = TypeVar("T")
WRITE_FATES = ("unavailable", "lost-before", "lost-after", "late", "refused")


@dataclass
class Weather:
    """How bad the network is: chances per call; `latest` is how late a call may arrive (s).

    `favourite` is the fault that this network has most, `latency` the longest way there or back
    (s).
    """

    fault: float = 0.0
    surprise: float = 0.0
    latest: float = 60.0
    favourite: str | None = None
    latency: float = 0.3

    def calm(self) -> None:
        """The faults stop."""
        self.fault = self.surprise = 0.0


class Network:
    """`sales.ports.Distributor` at the far end of a bad line."""

    def __init__(
        self,
        far: FakeDistributor,
        scheduler: Scheduler,
        weather: Weather,
        effect: Callable[[str, str], None],
    ) -> None:
        self.far = far
        self._scheduler = scheduler
        self._random = scheduler.random
        self._weather = weather
        self._effect = effect

    @property
    def name(self) -> str:
        """The fake's."""
        return self.far.name

    @property
    def abilities(self) -> Abilities:
        """The fake's."""
        return self.far.abilities

    def find_places(self, text: str, *, language: str, limit: int) -> tuple[Place, ...]:
        """Nothing to break here."""
        return self.far.find_places(text, language=language, limit=limit)

    def find_offers(self, query: TripQuery) -> Offers:
        """Nothing to break here."""
        return self.far.find_offers(query)

    def find_touristic(self, query: TouristicQuery) -> Offers:
        """Nothing to break here."""
        return self.far.find_touristic(query)

    def hold(self, request: HoldRequest, *, key: UUID) -> Booking:
        """Perhaps at another price."""
        if self._random.random() < self._weather.surprise:
            self.far.change_price_at_next_hold(Money(300, request.offer.price.currency))
        return self._write("hold", lambda: self.far.hold(request, key=key))

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Perhaps only in part."""
        if self._random.random() < self._weather.surprise:
            self.far.confirm_next_only_in_part()
        return self._write(
            f"issue {booking}",
            lambda: self.far.issue(booking, key=key, language=language, patient=patient),
            ("issuing", booking),
        )

    def release(self, booking: str) -> None:
        """A write."""
        self._write(f"release {booking}", lambda: self.far.release(booking))

    def clean_up(self, booking: str, *, key: UUID) -> None:
        """A write."""
        self._write(f"clean up {booking}", lambda: self.far.clean_up(booking, key=key))

    def quote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """A write."""
        return self._write(
            f"quote {request.booking}", lambda: self.far.quote_refund(request, key=key)
        )

    def requote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """A write."""
        return self._write("quote", lambda: self.far.requote_refund(request, key=key))

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Perhaps another amount is paid, where the distributor would say so afterwards."""
        tells = self.abilities.lists_quotes or self.abilities.reads_quotes
        if tells and self._random.random() < self._weather.surprise:
            self.far.change_next_refund(Money(-100, "CHF"))
        return self._write(
            f"accept {quote} of {booking}",
            lambda: self.far.accept_refund(booking, quote, key=key, patient=patient),
            ("accepting", quote),
        )

    def drop_quote(self, booking: str, quote: str) -> None:
        """A write."""
        self._write(f"drop {quote} of {booking}", lambda: self.far.drop_quote(booking, quote))

    def find_bookings(self, reference: str, *, patient: bool = False) -> tuple[Booking, ...]:
        """A read."""
        return self._read(
            f"find {reference}", lambda: self.far.find_bookings(reference, patient=patient)
        )

    def read_booking(self, booking: str, *, patient: bool = False) -> Booking:
        """A read."""
        return self._read(
            f"read {booking}", lambda: self.far.read_booking(booking, patient=patient)
        )

    def read_quote(self, booking: str, quote: str, *, patient: bool = False) -> RefundQuote | None:
        """A read."""
        return self._read(
            f"read {quote}", lambda: self.far.read_quote(booking, quote, patient=patient)
        )

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        """A read."""
        return self._read(f"fetch {booking}", lambda: self.far.fetch_documents(booking))

    # --- the line

    def _read(self, what: str, work: Callable[[], T]) -> T:
        self._travel()
        if self._random.random() < self._weather.fault:
            self._scheduler.tell(f"{what}: unavailable")
            raise Unavailable("no-answer")
        answer = work()
        self._scheduler.tell(what)
        self._travel()
        return answer

    def _write(self, what: str, work: Callable[[], T], asks: tuple[str, str] = ("", "")) -> T:
        """A call that changes something. `asks`: the state that says so with us, and the id there
        of what it is about.
        """
        fate = self._draw_fate()
        self._scheduler.tell(f"{what} ({fate})")
        self._travel()
        if fate == "unavailable":
            raise Unavailable("turned-away")
        if fate == "refused":
            raise Refused(Refusals.OTHER)
        if fate == "late":
            self._send_late(what, work)
        if fate in ("late", "lost-before"):
            self._time_out()
        answer = self._happen(what, work, asks)
        if fate == "lost-after":
            self._time_out()
        self._travel()
        self._effect(*asks)
        return answer

    def _draw_fate(self) -> str:
        if self._random.random() >= self._weather.fault:
            return "well"
        if self._weather.favourite and self._random.random() < 0.7:
            return self._weather.favourite
        return self._random.choice(WRITE_FATES)

    def _happen(self, what: str, work: Callable[[], T], asks: tuple[str, str]) -> T:
        try:
            return work()
        except DistributorFailure as failure:
            self._scheduler.tell(f"{what} -> {failure.code}")
            raise
        finally:
            self._effect(*asks)

    def _send_late(self, what: str, work: Callable[[], object]) -> None:
        def arrive() -> None:
            try:
                self._happen(f"late {what}", work, ("", ""))
            except DistributorFailure:
                return
            self._scheduler.tell(f"{what} has arrived")

        after = self._random.choice((2.0, 12.0, self._weather.latest))
        self._scheduler.spawn("network", arrive, after=self._random.uniform(1, after), mortal=False)

    def _time_out(self) -> None:
        """The deadline is over, or the connection breaks before it."""
        self._travel(self._random.choice((0.5, settings.HOLD_DEADLINE_SECONDS - 1)))
        raise OutcomeUnknown("no-answer")

    def _travel(self, seconds: float | None = None) -> None:
        most = self._weather.latency if seconds is None else seconds
        self._scheduler.interrupt(at_call=True)
        self._scheduler.sleep(self._random.uniform(0, most))
        self._scheduler.interrupt(at_call=True)
