"""What is not OSDM: the clock, the faults, the books. For people and tests on the same machine."""

import json

from werkzeug.wrappers import Request, Response

from sandbox import books, clock, faults
from sandbox.problems import Problem
from sandbox.store import Store
from sandbox.wire import mapping, moment


def answer(request: Request, store: Store) -> Response:
    """The answer to `/` and to everything below `/sandbox/`; Problem for what is not there."""
    known = {
        ("GET", "/"): _page,
        ("GET", "/sandbox/health"): _health,
        ("GET", "/sandbox/books.json"): _books,
        ("GET", "/sandbox/clock"): _clock,
        ("PUT", "/sandbox/clock"): _set_clock,
        ("GET", "/sandbox/faults"): _faults,
        ("PUT", "/sandbox/faults"): _add_fault,
        ("DELETE", "/sandbox/faults"): _clear_faults,
    }
    act = known.get((request.method, request.path))
    if act is None:
        raise Problem(404, "RESOURCE_NOT_FOUND", "there is nothing of that name")
    return act(request, store)


def _json(body: object) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")


def _read(request: Request) -> dict[str, object]:
    try:
        return mapping(json.loads(request.data or b"{}"), "/")
    except ValueError:
        raise Problem(400, "MALFORMED_REQUEST", "the body is not JSON") from None


def _page(_request: Request, store: Store) -> Response:
    with store.read() as connection:
        text = books.page(connection, clock.now(connection))
    return Response(text, content_type="text/html; charset=utf-8")


def _health(_request: Request, store: Store) -> Response:
    with store.read() as connection:
        connection.execute("SELECT 1 FROM settings LIMIT 1")
    return _json({"status": "ok"})


def _books(_request: Request, store: Store) -> Response:
    with store.read() as connection:
        return _json(books.books(connection, clock.now(connection)))


def _clock(_request: Request, store: Store) -> Response:
    with store.read() as connection:
        return _json({"now": clock.now(connection).isoformat()})


def _set_clock(request: Request, store: Store) -> Response:
    body = _read(request)
    wanted = None if body.get("now") is None else moment(body["now"], "/now")
    with store.write() as connection:
        clock.set_clock(connection, wanted, frozen=bool(body.get("frozen")))
        return _json({"now": clock.now(connection).isoformat()})


def _faults(_request: Request, store: Store) -> Response:
    with store.read() as connection:
        return _json({"faults": faults.listed(connection)})


def _add_fault(request: Request, store: Store) -> Response:
    fault = faults.read(_read(request))
    with store.write() as connection:
        faults.switch_on(connection, fault)
        return _json({"faults": faults.listed(connection)})


def _clear_faults(_request: Request, store: Store) -> Response:
    with store.write() as connection:
        faults.switch_off(connection)
    return _json({"faults": []})
