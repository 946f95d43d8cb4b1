#!/usr/bin/env python3
"""Checks that the documents say what the tree says: modules, rules, flags, exit
statuses, decision records, make targets, what a container build leaves out. Links are links.py's."""
import pathlib
import re
import sys

import rules

ROOT = pathlib.Path(__file__).parents[2]


def first_column(text, heading):
    """The back-quoted first cells of the first table behind a heading."""
    section = text.split(heading, 1)[1].split("\n## ", 1)[0]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE).group(0)
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def rows_of_the_code():
    text = (ROOT / "controller/domain/rules.cc").read_text()
    table = text.split("// rules-begin", 1)[1].split("// rules-end", 1)[0]
    return re.findall(r'\{"(\w+)"', table)


def flag_problems():
    readme = (ROOT / "README.md").read_text()
    options = "".join(
        file.read_text() for file in sorted((ROOT / "controller/cli").glob("*options.cc")))
    accepted = set(re.findall(r'"(?:-\w,)?(--[a-z-]+)"', options))
    listed = set(re.findall(r"^\| (?:`-\w`, )?`(--[a-z-]+)", readme, re.MULTILINE))
    for flag in sorted(accepted - listed):
        yield f"README.md does not list {flag}"
    for flag in sorted(listed - accepted):
        yield f"README.md lists {flag}, which no *options.cc of controller/cli knows"
    codes = re.findall(r"k\w+ = (\d+)", (ROOT / "controller/cli/exit_code.h").read_text())
    if codes != re.findall(r"^\| (\d+) \|", readme, re.MULTILINE):
        yield "README.md: the exit statuses differ from controller/cli/exit_code.h"


def environment_problems():
    read = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "controller/cli/environment.cc").read_text()))
    page = (ROOT / "docs/reference/flags.md").read_text()
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", page.split("## Environment", 1)[1]))
    for name in sorted(read ^ told):
        yield f"docs/reference/flags.md and controller/cli/environment.cc differ in {name}"


def name_problems():
    """Metrics and values of the chart that a page names, and that are none."""
    metrics = (ROOT / "docs/metrics.md").read_text()
    table = (ROOT / "helm/labgallery/README.md").read_text()
    values = set(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE))
    groups = {value.split(".")[0] for value in values if "." in value} - {"azure", "global"}  # tags and variables of others
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text, name = page.read_text(), page.relative_to(ROOT)
        for metric in sorted(set(re.findall(r"\blabgallery_[a-z_]+", text))):
            if not re.search(rf"`{metric}`", metrics):
                yield f"{name}: there is no metric {metric}"
        for value in sorted(set(re.findall(r"`([a-z]\w+\.[\w.]+)(?:=[^`]*)?`", text))):
            above = {value.rsplit(".", depth)[0] for depth in range(value.count("."))}  # a value may be an object
            if value.split(".")[0] in groups and not above & values:
                yield f"{name}: the chart has no value {value}"


def context_problems():
    """packaging/Containerfile copies the tree: what git leaves out must not come along."""
    ignored, left_out = ((ROOT / name).read_text().splitlines() for name in (".gitignore", ".dockerignore"))
    for folder in (line.strip("/") + "/" for line in ignored if line.endswith("/")):
        if folder not in left_out:
            yield f".dockerignore does not leave out {folder}"


def problems():
    yield from flag_problems()
    yield from context_problems()
    yield from environment_problems()
    yield from name_problems()
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    if set(first_column(architecture, "## 2. Map")) != set(rules.MODULES):
        yield "ARCHITECTURE.md: the modules differ from tests/layering/rules.py"
    if first_column(architecture, "## 5. The rules") != rows_of_the_code():
        yield "ARCHITECTURE.md: the rules differ from controller/domain/rules.cc"

    index = (ROOT / "docs/adr/README.md").read_text()
    for record in sorted((ROOT / "docs/adr").glob("0*.md")):
        if f"({record.name})" not in index:
            yield f"docs/adr/README.md does not list {record.name}"
        missing = {"Status:", "## Context", "## Decision", "## Consequences"} - set(
            re.findall(r"^(Status:|## \w+)", record.read_text(), re.MULTILINE))
        if missing:
            yield f"docs/adr/{record.name} has no {', '.join(sorted(missing))}"

    for module in rules.MODULES:
        if any((ROOT / module).glob("*.cc")) and not (ROOT / module / "README.md").exists():
            yield f"{module} has no README.md"

    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        # `make NAME` as code: in back-quotes, or at the start of a line of a listing.
        for name in re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE):
            if name not in targets and not name.startswith("test-"):
                yield f"{document}: there is no target 'make {name}'"


def main():
    found = list(problems())
    for problem in found:
        print(problem)
    print(f"documents: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
