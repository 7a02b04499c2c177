"""One JSON object per log line, so that a log store needs no pattern to read it.

A line carries ids and facts (request id, order number, codes, milliseconds), never a name, a
token or a body. Extra fields come with `logger.info("...", extra={"order": number})`; only plain
values are written, so an object that was passed for someone else's benefit cannot leak.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from agenturclient.outbound import tracing

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread works on; empty outside a request."""

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: ts, level, logger, message, request_id,
    trace_id, extras."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end; a traceback stands in the field `trace`."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if trace_id := tracing.current_id():
            line["trace_id"] = trace_id
        line |= {
            name: value
            for name, value in record.__dict__.items()
            if name not in _STANDARD and isinstance(value, str | int | float | bool)
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
