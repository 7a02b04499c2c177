"""The name for a JSON object of the wire, used wherever a message is read or written."""

from typing import Any

Json = dict[str, Any]
