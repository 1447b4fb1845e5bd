"""What a run found, as Markdown, JSON and a chart."""

import html
import json
import math
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .measure import Series
from .scenarios import DECLARED, UNDECLARED
from .sending import Scenario
from .subjects import LACKS, Subject

Row = dict[str, Any]
"""One scenario: ``title``, ``unit``, ``cost`` of each subject, ``ratio`` to its ``against``, ``goals``, ``failed``."""

SENDS = ("send", "emit", "undeclared send", "undeclared emit")
SIGNALS = (DECLARED, UNDECLARED)
PACKAGES = ("blinker", "Django", "psygnal", "pyee", "events", "PyDispatcher", "PyPubSub", "aiosignal")


def row(scenario: Scenario, found: dict[str, Series]) -> Row:
    costs = {name: one.best / scenario.share(name) for name, one in found.items() if one.failed is None}
    ratios = {}
    for name, cost in costs.items():
        one = scenario.one(name)
        if one is not None and one != name and costs.get(one):
            ratios[name] = round(cost / costs[one], 3)
    goals = {
        name: goal if isinstance(goal, (int, float)) else goal[sys.version_info < (3, 12)]
        for name, goal in scenario.goals.items()
    }
    return {
        "title": scenario.title,
        "unit": scenario.unit,
        "against": scenario.against,
        "ratio": ratios,
        "cost": {name: rounded(cost, scenario.unit) for name, cost in costs.items()},
        "goals": goals,
        "spread": round(max((one.spread for one in found.values() if one.costs), default=0), 2),
        "failed": {name: one.failed for name, one in found.items() if one.failed is not None},
    }


def rounded(cost: float, unit: str) -> float:
    return round(cost) if unit == "bytes" else round(cost / 1000 if unit == "µs" else cost, 1)


def environment() -> dict[str, str]:
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        **{package: version(package) for package in PACKAGES},
    }


def misses(rows: Iterable[Row]) -> list[str]:
    """Which figures are not as good as they should be."""
    return [
        f"{one['title']}: {name} {value:g}, to be {one['goals'][name]:g}"
        for one in rows
        for name, value in shown(one).items()
        if name in one["goals"] and value > one["goals"][name]
    ]


def shown(one: Row) -> dict[str, float]:
    """The figures that the table has: ratios where there is something to compare with, else costs."""
    found: dict[str, float] = {**one["cost"], **one["ratio"]} if one["ratio"] else one["cost"]
    if one["ratio"]:
        found = {name: value for name, value in found.items() if name in one["ratio"] or name in one["goals"]}
    return found


def figure(one: Row, name: str) -> str:
    value = shown(one).get(name)
    if value is None:
        return ""
    goal = one["goals"].get(name)
    text = short(value)
    if goal is not None:
        text = f"**{text}** ({short(goal)})" if value <= goal else f"{text} ({short(goal)})"
    return text


def short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}".replace(",", " ")


def fastest(one: Row, lacks: dict[str, str]) -> str:
    """The fastest other one, and what it lacks."""
    ours = {"bare loop", "loop, spelled out", "unbound send", "unbound emit", *SENDS, *SIGNALS}
    peers = {
        name: value
        for name, value in ({**shown(one), one["against"]: 1.0} if one["ratio"] else shown(one)).items()
        if name not in ours and not name.startswith("few: ")
    }
    if not peers:
        return ""
    name = min(peers, key=peers.__getitem__)
    marks = lacks.get(name, "")
    return f"{name}{f' ({marks})' if marks else ''} {short(peers[name])}"


def markdown(rows: list[Row], subjects: Iterable[type[Subject]]) -> str:
    lacks = {one.name: one.lacks for one in subjects}
    lacks |= {name.removesuffix(" emit_fast"): marks for name, marks in lacks.items()}
    facts = environment()
    lines = [
        f"# {facts['Python']}, {facts['system']}",
        "",
        ", ".join(f"{package} {facts[package]}" for package in PACKAGES) + ".",
        "",
        "## Sends",
        "",
        "Ratios to a bare loop `for f in functions: f(sender, **kwargs)`; bound signals: to the unbound one. In brackets",
        f"the goal, bold where it is reached. Marks: {', '.join(f'{mark} {what}' for mark, what in LACKS.items())}.",
        "",
        f"| | bare loop, ns | {' | '.join(SENDS)} | blinker | fastest other |",
        "|---|" + "---:|" * 6 + "---|",
    ]
    sends = [one for one in rows if any(name in one["ratio"] for name in SENDS)]
    for one in sends:
        cells = [one["title"], short(one["cost"].get("bare loop", one["cost"].get("unbound send", 0)))]
        cells += [figure(one, name) for name in (*SENDS, "blinker")]
        lines.append("| " + " | ".join([*cells, fastest(one, lacks)]) + " |")
    lines += [
        "",
        "## Everything else",
        "",
        "Ratios to blinker; costs where a unit is given; for growth, the cost of each among many to that among few.",
        "",
        "| | declared | undeclared | blinker | fastest other |",
        "|---|---:|---:|---|---|",
    ]
    for one in rows:
        if one in sends:
            continue
        unit = "" if one["ratio"] else f", {one['unit']}"
        theirs = figure(one, "blinker")
        if one["against"] == "blinker":
            theirs = f"1 ({short(one['cost']['blinker'])} {one['unit']})"
        cells = [one["title"] + unit, figure(one, DECLARED), figure(one, UNDECLARED), theirs, fastest(one, lacks)]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "## All", "", "Costs of one, in the order of the run.", ""]
    for one in rows:
        costs = {name: cost for name, cost in one["cost"].items() if not name.startswith("few: ")}
        found = ", ".join(f"{name} {short(cost)}" for name, cost in costs.items())
        found += "".join(f", {name} fails ({why})" for name, why in one["failed"].items())
        lines.append(f"- {one['title']} ({one['unit']}): {found}")
    missed = misses(rows)
    lines += ["", "## Goals not reached", "", *([f"- {miss}" for miss in missed] or ["None."])]
    return "\n".join(lines) + "\n"


# The chart

CHART = {
    "nobody connected": "nobody connected",
    "10 functions": "10 functions",
    "10 bound methods": "10 methods",
    "1 function, 1 keyword": "1 function, 1 keyword",
    "10 functions, 1 keyword": "10 functions, 1 keyword",
    "filtered, 100 senders": "1 function of 1 of 100 senders",
    "await, 10 coroutine functions": "10 coroutine functions",
}
BARS = ("emit", "send", "events", "psygnal emit_fast", "aiosignal", "Django, cached", "Django", "blinker")
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .small { font-size: 11px; fill: #59636e }
.title { font-weight: 600 } .ours { fill: #1a7f64 } .other { fill: #afb8c1 } .one { stroke: #59636e }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 } .ours { fill: #3fb68b } .other { fill: #57606a } .one { stroke: #9198a1 }
}
"""


def chart(rows: list[Row]) -> str:
    """Bars on a logarithmic scale: what each send costs, in bare loops."""
    left, width, height, low = 150, 460, 15, 0.25
    highest = max(one["ratio"].get(name, 0) for one in rows if one["title"] in CHART for name in BARS)

    def place(ratio: float) -> float:
        return left + width * math.log(max(ratio, low) / low) / math.log(highest / low)

    y = 34
    title = f"Cost of a send in bare loops: less is better, logarithmic ({environment()['Python']})"
    parts = [f'<text x="8" y="16" class="title">{html.escape(title)}</text>']
    for one in rows:
        if one["title"] not in CHART:
            continue
        y += height
        parts.append(f'<text x="8" y="{y - 3}" class="title">{html.escape(CHART[one["title"]])}</text>')
        y += 4
        for name in BARS:
            ratio = one["ratio"].get(name)
            if ratio is None:
                continue
            label = f"typedsig {name}" if name in SENDS else name
            kind = "ours" if name in SENDS else "other"
            end, down = place(ratio), y + 10
            parts += [
                f'<text x="{left - 8}" y="{down}" text-anchor="end" class="small">{html.escape(label)}</text>',
                f'<rect x="{left}" y="{y}" width="{end - left:.1f}" height="{height - 4}" rx="2" class="{kind}"/>',
                f'<text x="{end + 5:.1f}" y="{down}" class="small">{short(ratio)}</text>',
            ]
            y += height
        y += 6
    one_at = place(1)
    parts.append(f'<line x1="{one_at:.1f}" y1="26" x2="{one_at:.1f}" y2="{y}" class="one" stroke-dasharray="3 3"/>')
    parts.append(f'<text x="{one_at:.1f}" y="{y + 14}" text-anchor="middle" class="small">bare loop</text>')
    size = f'width="{left + width + 60}" height="{y + 24}" viewBox="0 0 {left + width + 60} {y + 24}"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<style>{STYLE}</style>\n{body}\n</svg>\n'


def write(rows: list[Row], subjects: Iterable[type[Subject]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / f"{name}.md").write_text(markdown(rows, subjects), encoding="utf-8")
    data = {"environment": environment(), "rows": rows}
    (folder / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / f"{name}.svg").write_text(chart(rows), encoding="utf-8")
