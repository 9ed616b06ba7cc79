"""Both event sequences of a scenario on one time line: what the scenario did in the middle, what each told at its side.

Two runs never take exactly as long. They are laid beside each other at the steps of the scenario, which are the same in
both; between two steps each side's events stand in their order, with their time since that step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest

from hummingbot_ccxt.compare.facts import Moment, Recording

_KINDS = {
    "Created": "made",
    "OrderFilled": "fill",
    "Completed": "full",
    "OrderCancelled": "gone",
    "OrderFailure": "fail",
}


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
        for left, right in zip_longest(step.native, step.ours):
            same = left is not None and right is not None and _same(left, right)
            rows.append(
                f'<div class="told left">{_told(left, step.native_at_s)}</div>'
                f'<div class="{"thread" if same else "thread apart"}"></div>'
                f'<div class="told">{_told(right, step.ours_at_s)}</div>'
            )
    if not rows:
        return ""
    head = '<div class="head left">native</div><div class="head mid">the scenario</div><div class="head">ours</div>'
    return f'<div class="line">{head}{"".join(rows)}</div>'


def _first(moments: Sequence[Moment]) -> float:
    return next((each.at_s for each in moments if each.kind == "script"), 0.0)


def _same(left: Moment, right: Moment) -> bool:
    return (left.subject, left.text) == (right.subject, right.text)


def _told(moment: Moment | None, since_s: float | None) -> str:
    if moment is None:
        return '<span class="none">nothing</span>'
    kind = next((kind for word, kind in _KINDS.items() if word in moment.text), "")
    after = "" if since_s is None else f"<small>+{max(0.0, moment.at_s - since_s):.3f} s</small>"
    return f'<span class="chip {kind}">{escape(moment.text)}</span> <small>{escape(moment.subject)}</small> {after}'
