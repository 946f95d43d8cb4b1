#!/usr/bin/env python3
"""What objects say, against docs/reference: every condition of a run is in the table of its kind, with its reason."""
import json
import re

from product import ROOT, SAMPLES, expect, must_apply, run_steps

STORIES = ("full", "adopt", "save-template")  # between them every condition, on both services


def reasons():
    """Every reason of docs/reasons.md."""
    return set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "reasons.md").read_text(), re.MULTILINE))


def conditions(kind):
    """Condition -> the reasons that its page gives it."""
    page = (ROOT / "docs" / "reference" / f"{kind.lower()}.md").read_text()
    table = page.split("## Conditions", 1)[1].split("\n## ", 1)[0]
    found = {}
    for name, told in re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", table, re.MULTILINE):
        found[name] = reasons() if "reasons.md" in told else set(re.findall(r"`(\w+)`", told))
    return found


def told():
    """conditions and reasons are those of the reference, and each condition was seen"""
    seen = {}
    for story in STORIES:
        for one in json.loads(must_apply("-f", SAMPLES / story, "-o", "json"))["items"]:
            for condition in one["status"]["conditions"]:
                kind, name, reason = one["kind"], condition["type"], condition["reason"]
                known = conditions(kind)
                expect(name in known, f"docs/reference has no condition {name} of {kind}")
                expect(reason in known[name], f"docs/reference has no reason {reason} of {kind} {name}")
                seen.setdefault(kind, set()).add(name)
    for kind, names in seen.items():
        expect(names == set(conditions(kind)), f"{kind} never said {set(conditions(kind)) - names}")


if __name__ == "__main__":
    run_steps(told)
