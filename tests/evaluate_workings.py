#!/usr/bin/env python3
"""Evaluates every working of `plimsoll check --json` with Python's own arithmetic.

Reads one answer a line from standard input. Bytes agree to the byte, other figures to 1e-9; a sum over terms, or over
what is alive at a peak, comes to its value. Prints how many were evaluated, and ends with 1 where one does not agree.

    plimsoll check chat-8b --set gpu_layers=20 --machine rtx-3090 --json | python3 tests/evaluate_workings.py
"""

import ast
import json
import math
import operator
import sys
from collections import Counter

OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS = {
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
}


def computed(node, inputs):
    """What a node of an expression comes to."""
    match node:
        case ast.Expression(body):
            return computed(body, inputs)
        case ast.Constant(value) if isinstance(value, (int, float)):
            return float(value)
        case ast.Name(name):
            return inputs[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -computed(operand, inputs)
        case ast.BinOp(left, sign, right):
            return OPERATIONS[type(sign)](computed(left, inputs), computed(right, inputs))
        case ast.Call(ast.Name(name), arguments, []):
            return float(FUNCTIONS[name](*(computed(argument, inputs) for argument in arguments)))
    raise ValueError(f"no arithmetic: {ast.dump(node)}")


class Evaluated:
    """Counts of what was evaluated, and what did not agree."""

    def __init__(self):
        self.counts = Counter()
        self.wrong = []

    def agrees(self, where, value, expected, is_bytes):
        exact = is_bytes and float(expected).is_integer()
        close = abs(value - expected) <= (0.0 if exact else 1e-9 * max(abs(expected), abs(value), 1e-300))
        if not close:
            self.wrong.append(f"{where}: {value!r} is not {expected!r}")

    def working(self, where, working, is_bytes):
        if "expression" in working:
            kind, inputs = "expressions", working["inputs"]
            value = computed(ast.parse(working["expression"].replace("^", "**"), mode="eval"), inputs)
            for name, own in working.get("workings", {}).items():
                self.agrees(f"{where} > {name}", own["value"], inputs[name], is_bytes)
                self.working(f"{where} > {name}", own, is_bytes)
        elif "terms" in working:
            kind, value = "sums of terms", sum(term["value"] for term in working["terms"])
        else:
            kind, value = "lists of what is alive", sum(tensor["bytes"] for tensor in working["alive"])
        self.counts[kind] += 1
        if not working["source"]:
            self.wrong.append(f"{where}: no source")
        self.agrees(where, value, working["value"], is_bytes)

    def figure(self, where, figure, is_bytes):
        best = figure.get("best", figure.get("value"))
        low, high = figure.get("low", best), figure.get("high", best)
        for key, value in (("low_working", low), ("working", best), ("high_working", high)):
            if key in figure:
                self.agrees(f"{where}, {key}", figure[key]["value"], value, is_bytes)
                self.working(f"{where}, {key}", figure[key], is_bytes)
            elif key != "working" and "working" in figure and value != best:
                self.wrong.append(f"{where}: {value!r} has no {key}")

    def figures(self, where, value):
        """Every figure with a working below a value."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.figures(f"{where}[{index}]", item)
        elif isinstance(value, dict):
            if "working" in value:
                self.figure(where, value, False)
            else:
                for key, item in value.items():
                    self.figures(f"{where}.{key}", item)

    def answer(self, answer):
        about = f"{answer['workload'].get('name')} on {answer['machine'].get('id')}"
        for phase in (answer["memory"] or {}).get("phases", []):
            for part in phase["parts"]:
                where = f"{about}, {phase['name']} {part['name']} on the {part['place']}"
                self.counts["parts"] += 1
                if "working" not in part:
                    self.wrong.append(f"{where}: no working")
                self.figure(where, part, True)
        for key in ("speed", "cost"):
            self.figures(f"{about}, {key}", answer.get(key))


def main():
    evaluated = Evaluated()
    answers = [json.loads(line) for line in sys.stdin if line.strip()]
    for answer in answers:
        evaluated.answer(answer)
    counts = ", ".join(f"{count} {what}" for what, count in sorted(evaluated.counts.items()))
    print(f"{len(answers)} answers: {counts}; {len(evaluated.wrong)} wrong")
    for wrong in evaluated.wrong:
        print(f"  {wrong}", file=sys.stderr)
    return 1 if evaluated.wrong or not evaluated.counts["parts"] else 0


if __name__ == "__main__":
    sys.exit(main())
