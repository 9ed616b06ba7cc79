"""Charts of the report as inline SVG: no script, no file, no address. Colours are classes of the page's style."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

_LEFT, _RIGHT, _TOP, _BOTTOM = 74.0, 14.0, 12.0, 28.0


class Point(NamedTuple):
    """A value at a time: seconds since the first sample, and whatever the chart shows."""

    x: float
    y: float


class Segment(NamedTuple):
    """A horizontal line: an order at its price from birth to end. `kind` is a class of the style."""

    start: float
    end: float
    y: float
    kind: str
    title: str


class Mark(NamedTuple):
    """A dot: a fill."""

    x: float
    y: float
    kind: str
    title: str


class Line(NamedTuple):
    """A curve; `steps` holds each value until the next one."""

    points: Sequence[Point]
    kind: str
    steps: bool = False


class Bar(NamedTuple):
    """A stacked bar from `start` to `end` on the x axis: (height, class) from the bottom up."""

    start: float
    end: float
    parts: Sequence[tuple[float, str]]
    title: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture's size, and what its axes stand for."""

    width: float
    height: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """The horizontal place of a value."""
        return _LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """The vertical place of a value."""
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return self.height - _BOTTOM - share * (self.height - _TOP - _BOTTOM)


def chart(
    *,
    title: str,
    width: float = 960,
    height: float = 380,
    band: tuple[Sequence[Point], Sequence[Point]] | None = None,
    lines: Sequence[Line] = (),
    segments: Sequence[Segment] = (),
    marks: Sequence[Mark] = (),
    bars: Sequence[Bar] = (),
    y_text: Callable[[float], str] | None = None,
) -> str:
    """One SVG element; `title` is read out to those who cannot see it."""
    points = [point for line in lines for point in line.points]
    xs = [p.x for p in points] + [x for s in segments for x in (s.start, s.end)] + [x for b in bars for x in b[:2]]
    ys = [p.y for p in points] + [s.y for s in segments] + [m.y for m in marks]
    if bars:
        ys += [0.0, *(sum(height for height, _ in bar.parts) for bar in bars)]
    frame = _frame(width, height, xs, ys, from_zero=bool(bars))
    body = [_grid(frame, y_text)]
    if band is not None:
        body.append(_band(frame, *band))
    body += [_bar(frame, bar) for bar in bars]
    body += [_segment(frame, segment) for segment in segments]
    body += [_line(frame, line) for line in lines]
    body += [_mark(frame, mark) for mark in marks]
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, about as many as wanted."""
    if not high > low:
        return [low]
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 12) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_text(value: float, step: float) -> str:
    """With as many decimals as the distance between ticks needs."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if step > 0 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1  # steps of 2.5
    return f"{value:,.{decimals}f}"


def _frame(width: float, height: float, xs: Sequence[float], ys: Sequence[float], *, from_zero: bool) -> Frame:
    x_low, x_high = (min(xs), max(xs)) if xs else (0.0, 1.0)
    y_low, y_high = (min(ys), max(ys)) if ys else (0.0, 1.0)
    if not x_high > x_low:
        x_high = x_low + 1.0
    room = (y_high - y_low) * 0.06 or abs(y_high) * 0.001 or 1.0
    return Frame(width, height, x_low, x_high, 0.0 if from_zero else y_low - room, y_high + room)


def _grid(frame: Frame, y_text: Callable[[float], str] | None) -> str:
    y_ticks = ticks(frame.y_low, frame.y_high, 5 if frame.height > 250 else 4)
    step = y_ticks[1] - y_ticks[0] if len(y_ticks) > 1 else 1.0
    right, bottom = frame.width - _RIGHT, frame.height - _BOTTOM
    parts = []
    for value in y_ticks:
        y, label = frame.y(value), y_text(value) if y_text else tick_text(value, step)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    x_ticks = ticks(frame.x_low, frame.x_high, 8 if frame.width > 700 else 5)
    step = x_ticks[1] - x_ticks[0] if len(x_ticks) > 1 else 1.0
    for value in x_ticks:
        x = frame.x(value)
        label = f"{tick_text(value, step)} s"
        parts.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 19:.1f}" text-anchor="middle">{label}</text>')
    parts.append(f'<line class="axis" x1="{_LEFT}" x2="{right:.1f}" y1="{bottom:.1f}" y2="{bottom:.1f}"/>')
    return "".join(parts)


def _line(frame: Frame, line: Line) -> str:
    places: list[tuple[float, float]] = []
    for point in line.points:
        place = frame.x(point.x), frame.y(point.y)
        if line.steps and places:
            places.append((place[0], places[-1][1]))
        places.append(place)
    return f'<polyline class="{line.kind}" points="{_path(places)}"/>'


def _band(frame: Frame, lower: Sequence[Point], upper: Sequence[Point]) -> str:
    places = [(frame.x(p.x), _clamped(frame, p.y)) for p in (*lower, *reversed(upper))]
    return f'<polygon class="band" points="{_path(places)}"/>'


def _clamped(frame: Frame, value: float) -> float:
    return frame.y(min(max(value, frame.y_low), frame.y_high))


def _segment(frame: Frame, segment: Segment) -> str:
    y = frame.y(segment.y)
    return (
        f'<line class="order {segment.kind}" x1="{frame.x(segment.start):.1f}" x2="{frame.x(segment.end):.1f}" '
        f'y1="{y:.1f}" y2="{y:.1f}"><title>{escape(segment.title)}</title></line>'
    )


def _mark(frame: Frame, mark: Mark) -> str:
    return (
        f'<circle class="fill {mark.kind}" cx="{frame.x(mark.x):.1f}" cy="{frame.y(mark.y):.1f}" r="4.5">'
        f"<title>{escape(mark.title)}</title></circle>"
    )


def _bar(frame: Frame, bar: Bar) -> str:
    left, right = frame.x(bar.start), frame.x(bar.end)
    base, parts = 0.0, []
    for height, kind in bar.parts:
        top = frame.y(base + height)
        parts.append(
            f'<rect class="{kind}" x="{left + 1:.1f}" y="{top:.1f}" width="{max(0.5, right - left - 2):.1f}" '
            f'height="{max(0.0, frame.y(base) - top):.1f}"><title>{escape(bar.title)}</title></rect>'
        )
        base += height
    return "".join(parts)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
