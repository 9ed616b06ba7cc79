"""Both event sequences of a scenario on one time line: what the scenario did in the middle, what each told at its side.

Two runs never take exactly as long. They are laid beside each other at the steps of the scenario, which are the same in
both; between two steps each side's events stand in their order, with their time since that step. An event that both
told is no difference, wherever they told it: beside its like if that is in the same step, else by itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from html import escape

from hummingbot_ccxt.compare.facts import Moment, Recording

_KINDS = {
    "Created": "made",
    "OrderFilled": "fill",
    "Completed": "full",
    "OrderCancelled": "gone",
    "OrderFailure": "fail",
}


type Event = tuple[str, str, int]
"""An order, what was told of it, and for which time."""


@dataclass(slots=True)
class Step:
    """Something the scenario did ("" before the first), and what either connector told until the next step."""

    text: str
    native_at_s: float | None = None
    ours_at_s: float | None = None
    native: list[Moment] = field(default_factory=list)
    ours: list[Moment] = field(default_factory=list)


def steps(native: Recording, ours: Recording) -> list[Step]:
    """One sequence of both runs; a step that only one run has stands at its place, the other side stays empty."""
    left, right = _parts(native.moments), _parts(ours.moments)
    found: list[Step] = []
    while left or right:
        if left and right and left[0].text != right[0].text:
            texts = [part.text for part in right]
            ahead = left[0].text not in texts
            one, at, told = (left.pop(0), "native_at_s", "native") if ahead else (right.pop(0), "ours_at_s", "ours")
            step = Step(one.text)
            setattr(step, at, one.at_s)
            setattr(step, told, one.told)
        else:
            step = Step((left or right)[0].text)
            if left:
                part = left.pop(0)
                step.native_at_s, step.native = part.at_s, part.told
            if right:
                part = right.pop(0)
                step.ours_at_s, step.ours = part.at_s, part.told
        found.append(step)
    return [step for step in found if step.text or step.native or step.ours]


@dataclass(slots=True)
class _Part:
    text: str
    at_s: float
    told: list[Moment] = field(default_factory=list)


def _parts(moments: Sequence[Moment]) -> list[_Part]:
    """Moments as steps with the events that follow each; the first step has no text and begins with the scenario."""
    parts = [_Part("", 0.0)]
    for moment in moments:
        if moment.kind == "script":
            parts.append(_Part(moment.text, moment.at_s))
        else:
            parts[-1].told.append(moment)
    return parts


def drawn(native: Recording, ours: Recording) -> str:
    """The time line as HTML; nothing where neither did or told anything."""
    rows = []
    both = set(_numbered(native.moments).values()) & set(_numbered(ours.moments).values())
    names = {**_numbered(native.moments), **_numbered(ours.moments)}
    begun = {"native": _first(native.moments), "ours": _first(ours.moments)}
    for step in steps(native, ours):
        if step.text:
            at = [
                "" if at_s is None else f"{at_s - begun[kind]:.2f} s"
                for kind, at_s in (("native", step.native_at_s), ("ours", step.ours_at_s))
            ]
            only = " only" if "" in at else ""
            rows.append(
                f'<div class="at">{at[0]}</div><div class="step{only}">{escape(step.text)}</div>'
                f'<div class="at">{at[1]}</div>'
            )
        for left, right, is_shared in _beside(step, names, both):
            rows.append(
                f'<div class="told left">{_told(left, step.native_at_s, is_shared)}</div>'
                f'<div class="{"thread" if is_shared else "thread apart"}"></div>'
                f'<div class="told">{_told(right, step.ours_at_s, is_shared)}</div>'
            )
    if not rows:
        return ""
    head = '<div class="head left">native</div><div class="head mid">the scenario</div><div class="head">ours</div>'
    return f'<div class="line">{head}{"".join(rows)}</div>'


def _first(moments: Sequence[Moment]) -> float:
    return next((each.at_s for each in moments if each.kind == "script"), 0.0)


def _numbered(moments: Sequence[Moment]) -> dict[int, Event]:
    """Each event of a run, by identity."""
    counts: Counter[tuple[str, str]] = Counter()
    named: dict[int, Event] = {}
    for moment in moments:
        if moment.kind != "script":
            counts[moment.subject, moment.text] += 1
            named[id(moment)] = (moment.subject, moment.text, counts[moment.subject, moment.text])
    return named


def _beside(
    step: Step, names: Mapping[int, Event], both: Set[Event]
) -> Iterator[tuple[Moment | None, Moment | None, bool]]:
    """The events of a step in rows: native's, ours, and whether the other run has it as well."""
    waiting = list(step.ours)
    for left in step.native:
        place = next((n for n, right in enumerate(waiting) if names[id(right)] == names[id(left)]), None)
        if place is None:
            yield left, None, names[id(left)] in both
            continue
        for right in waiting[:place]:
            yield None, right, names[id(right)] in both
        yield left, waiting[place], True
        del waiting[: place + 1]
    for right in waiting:
        yield None, right, names[id(right)] in both


def _told(moment: Moment | None, since_s: float | None, is_shared: bool) -> str:
    if moment is None:
        return "" if is_shared else '<span class="none">nothing</span>'
    kind = next((kind for word, kind in _KINDS.items() if word in moment.text), "")
    after = "" if since_s is None else f"<small>+{max(0.0, moment.at_s - since_s):.3f} s</small>"
    return f'<span class="chip {kind}">{escape(moment.text)}</span> <small>{escape(moment.subject)}</small> {after}'
