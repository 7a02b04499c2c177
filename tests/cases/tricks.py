"""What a line does to one request: each returns whether the connection stays open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cases.line import Exchange, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cases.line import Trick

DRIP_SECONDS = 8.0


def lose_the_answer(exchange: Exchange) -> bool:
    """The distributor does it; its answer is lost."""
    exchange.forward()
    return False


def lose_the_request(exchange: Exchange) -> bool:
    """The distributor never hears of it."""
    del exchange
    return False


def twice(exchange: Exchange) -> bool:
    """The distributor receives it twice, and the second answer is the one that arrives."""
    exchange.forward()
    exchange.reply(exchange.forward())
    return True


def late(seconds: float) -> Trick:
    """It takes its time on the way there."""

    def trick(exchange: Exchange) -> bool:
        exchange.way.stopping.wait(seconds)
        exchange.reply(exchange.forward())
        return True

    return trick


def drip_the_head(exchange: Exchange) -> bool:
    """It is done, and the head of the answer comes a byte at a time."""
    exchange.forward()
    exchange.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200, DRIP_SECONDS)
    return False


def drip_the_body(exchange: Exchange) -> bool:
    """It is done, and the body of the answer comes a byte at a time."""
    exchange.forward()
    slow = b"{" + b" " * 200 + b"}"
    exchange.reply(answer(200, slow)[: -len(slow)])
    exchange.drip(slow, DRIP_SECONDS)
    return False


def cut_the_body(exchange: Exchange) -> bool:
    """It is done, and the connection ends in the middle of the answer's body."""
    whole = exchange.forward()
    exchange.reply(whole[: -len(whole) // 4])
    return False


def cut_the_json(exchange: Exchange) -> bool:
    """It is done, and the answer is complete by its length and half by its content."""
    exchange.forward()
    exchange.reply(answer(200, b'{"fulfillments": [{"id": "F'))
    return True


def then(status: int, body: bytes = b"", **headers: str) -> Trick:
    """It is done, and something else is answered."""

    def trick(exchange: Exchange) -> bool:
        exchange.forward()
        exchange.reply(answer(status, body, _spelled(headers)))
        return True

    return trick


def instead(status: int, body: bytes = b"", **headers: str) -> Trick:
    """It is not done: the line answers by itself."""

    def trick(exchange: Exchange) -> bool:
        exchange.reply(answer(status, body, _spelled(headers)))
        return True

    return trick


def changed(change: Callable[[dict[str, object]], None]) -> Trick:
    """It is done, and the answer's JSON is changed on its way."""

    def trick(exchange: Exchange) -> bool:
        head, _, body = exchange.forward().partition(b"\r\n\r\n")
        content = json.loads(body)
        change(content)
        exchange.reply(answer(int(head.split(b" ")[1]), json.dumps(content).encode()))
        return True

    return trick


def before_the_answer(act: Callable[[], object]) -> Trick:
    """It is done, and something happens at the line before the usual answer is sent."""

    def trick(exchange: Exchange) -> bool:
        whole = exchange.forward()
        act()
        exchange.reply(whole)
        return False

    return trick


def problem(code: str, detail: str = "") -> bytes:
    """A body as OSDM has it for a refusal."""
    return json.dumps({"code": code, "title": code, "detail": detail}).encode()


def _spelled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
