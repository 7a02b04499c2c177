"""Looking up names in time: the system's resolver takes no deadline and cannot be interrupted."""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import Future
from itertools import chain, zip_longest
from threading import TIMEOUT_MAX, BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Any, TypeAlias

import httpcore

if TYPE_CHECKING:
    from collections.abc import Callable

# As `socket.getaddrinfo` answers: family, type, protocol, canonical name, (address, port, ...).
Found: TypeAlias = "list[tuple[Any, Any, Any, str, tuple[Any, ...]]]"


class Resolver:
    """Finds the addresses of a host, each time in a thread of its own.

    A look-up that hangs is left to itself and holds one of `at_once` places until the system's
    resolver gives up, so a resolver that stalls never costs more than so many threads.
    """

    def __init__(self, at_once: int, look_up: Callable[[str, int], Found] | None = None) -> None:
        self._places = BoundedSemaphore(at_once)
        self._look_up = look_up or _ask_the_system

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """The host's addresses, best first, IPv6 and IPv4 in turn.

        Raises httpcore.ConnectTimeout when they are not found within so many seconds, and
        httpcore.ConnectError when there are none.
        """
        if _is_address(host):
            return [host]
        wait = min(seconds, TIMEOUT_MAX)
        if not self._places.acquire(timeout=wait):
            raise httpcore.ConnectTimeout("the resolver is stuck")
        answer: Future[Found] = Future()
        thread = Thread(target=self._find, args=(host, port, answer), name="resolver", daemon=True)
        thread.start()
        try:
            return _in_turn(answer.result(wait))
        except TimeoutError as failure:
            raise httpcore.ConnectTimeout("the resolver does not answer") from failure
        except OSError as failure:
            raise httpcore.ConnectError(str(failure)) from failure

    def _find(self, host: str, port: int, answer: Future[Found]) -> None:
        try:
            answer.set_result(self._look_up(host, port))
        except BaseException as failure:  # noqa: BLE001 - handed over to whoever waits
            answer.set_exception(failure)
        finally:
            self._places.release()


def _ask_the_system(host: str, port: int) -> Found:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _in_turn(found: Found) -> list[str]:
    """The families in turn, so that one that does not work does not hide the other (RFC 8305)."""
    preferred = found[0][0] if found else None
    first = [each[4][0] for each in found if each[0] == preferred]
    second = [each[4][0] for each in found if each[0] != preferred]
    return list(dict.fromkeys(each for each in chain(*zip_longest(first, second)) if each))
