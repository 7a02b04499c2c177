"""What each case rests on: a guard, where it stands, and how it is taken away.

`tests/faults/test_cases_guarded.py` takes each away in a copy of the tree and expects that its case
fails. A guard that was rewritten is found by `test_register.py`: the register must follow it.
"""

from __future__ import annotations

from tests.cases.guards_store import STORE
from tests.cases.guards_wire import WIRE

GUARDS = (*WIRE, *STORE)
