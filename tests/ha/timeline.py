"""A run as a picture: requests a second, failures, and what was done to the shop. Plain SVG."""

from collections import Counter
from html import escape
from typing import Final

from tests.ha.requests import Record

_LEFT, _TOP, _RIGHT, _BOTTOM = 48, 96, 16, 36
_SECOND: Final = 4
_LEAST_WIDTH: Final = 640
_HEIGHT: Final = 180
_FAILED_LEAST: Final = 3  # so that a single failure is seen
_GRID: Final = 10
_TICK_SECONDS: Final = 30
_STYLE: Final = """
  text { font: 11px system-ui, sans-serif; fill: #444 }
  .title { font-size: 14px; font-weight: 600; fill: #111 }
  .good { fill: #7d9bc1 } .failed { fill: #d0021b }
  .grid { stroke: #e3e3e3 } .mark { stroke: #b58900; stroke-dasharray: 3 3 }
"""


def drawn(record: Record, title: str) -> str:
    """The SVG document."""
    begun = min(sample.asked for sample in record.samples)
    asked = Counter(int(sample.asked - begun) for sample in record.samples)
    failed = Counter(int(sample.asked - begun) for sample in record.samples if sample.failed)
    seconds = max(asked) + 1
    scale = _HEIGHT / max(asked.values())
    width = max(_LEAST_WIDTH, _LEFT + seconds * _SECOND + _RIGHT)
    base = _TOP + _HEIGHT
    total, wrong = len(record.samples), sum(failed.values())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{base + _BOTTOM}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{base + _BOTTOM}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="20">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="36">{total} requests, {wrong} failed (red); one bar a second</text>',
    ]
    for level in range(0, max(asked.values()) + 1, _GRID):
        y = base - level * scale
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{width - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{level}</text>')
    for second in range(seconds):
        x: float = _LEFT + second * _SECOND
        if second % _TICK_SECONDS == 0:
            parts.append(f'<text x="{x}" y="{base + 16}">{second} s</text>')
        parts.append(_bar("good", x, base, asked[second] * scale))
        if failed[second]:
            parts.append(_bar("failed", x, base, max(failed[second] * scale, _FAILED_LEAST)))
    for mark in record.marks:
        x = _LEFT + (mark.at - begun) * _SECOND
        parts.append(f'<path class="mark" d="M{x:.1f} {_TOP - 8}V{base}"/>')
        place = f'transform="translate({x + 3:.1f} {_TOP - 10}) rotate(-40)"'
        parts.append(f"<text {place}>{escape(mark.what)}</text>")
    return "\n".join([*parts, "</svg>", ""])


def _bar(kind: str, x: float, base: float, height: float) -> str:
    y = base - height
    return f'<rect class="{kind}" x="{x}" y="{y:.1f}" width="{_SECOND - 1}" height="{height:.1f}"/>'
