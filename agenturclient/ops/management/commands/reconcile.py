"""`manage.py reconcile`: our books against the distributor's, on demand (nightly: `recover`).

Ends with 1 when differences are open, with 2 when the distributor was away before the end.
"""

import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from agenturclient import bootstrap
from agenturclient.kernel.money import Money, exponent
from agenturclient.sales.details import DifferenceDetail
from agenturclient.sales.reconciliation import Report, Window, reconcile
from agenturclient.sales.worklist import open_differences

_MOST_SHOWN: Final = 200
_ROW: Final = "{:<12} {:<24} {:>14} {:>14}  {}"


class Command(BaseCommand):
    """Compares, and prints what is open."""

    help = "Compare our books with the distributor's and list the differences."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--days` back from now, or some orders; `--after` goes on where a run stopped."""
        parser.add_argument("--days", type=int, default=1, help="sales that moved in these days")
        parser.add_argument("--order", action="append", default=[], metavar="NUMBER")
        parser.add_argument("--after", type=int, default=0, help="go on behind this sale")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One run."""
        clock = bootstrap.clock()
        window = Window(
            since=clock.now() - timedelta(days=options["days"]), orders=tuple(options["order"])
        )
        report = reconcile(
            window, distributor=bootstrap.distributor(), clock=clock, after=options["after"]
        )
        found = open_differences(window.order_ids, most=_MOST_SHOWN)
        self._print(report, found)
        if found:
            sys.exit(1)
        if report.stopped:
            sys.exit(2)

    def _print(self, report: Report, found: tuple[DifferenceDetail, ...]) -> None:
        if found:
            self.stdout.write(_ROW.format("order", "difference", "expected", "found", "cause"))
        for row in found:
            amounts = (_amount(row.expected), _amount(row.found))
            self.stdout.write(_ROW.format(row.number, row.kind, *amounts, row.cause).rstrip())
        self.stdout.write(
            f"{report.compared} sales compared, {report.skipped} left for later; "
            f"{len(found)} differences open, {report.gone} gone."
        )
        if report.stopped:
            self.stdout.write(f"Stopped ({report.stopped}): go on with --after {report.cursor}.")


def _amount(money: Money | None) -> str:
    if money is None:
        return "-"
    return f"{Decimal(money.amount).scaleb(-exponent(money.currency))} {money.currency}"
