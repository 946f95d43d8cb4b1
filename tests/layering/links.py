#!/usr/bin/env python3
"""Checks that every relative link of every document leads to something, section and all, that docs/README.md names each page
beside it, and that every page below docs/ can be reached from there."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
_CODE = re.compile(r"(?<!\[)`[^`\n]*`(?!\])")  # a link whose text is code stays
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.MULTILINE | re.DOTALL)


def documents(root):
    """The Markdown files of the tree, those that are not committed yet included."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"], cwd=root,
                            check=True, capture_output=True, text=True).stdout
    return [root / name for name in listed.splitlines() if (root / name).exists()]


def prose(document):
    """Without blocks of code, in which brackets are no links."""
    return _FENCE.sub("", document.read_text())


def anchor(heading):
    """As GitHub makes it from a heading."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(document):
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)}


def links(document):
    """(link, file or folder, section) of each relative link."""
    for link in _LINK.findall(_CODE.sub("", prose(document))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, section = link.partition("#")
        yield link, (document.parent / path).resolve() if path else document, section


def reachable(start):
    """The documents that links lead to from `start`, which a link to a folder does by the folder's README."""
    seen, waiting = set(), [start]
    while waiting:
        document = waiting.pop()
        if document in seen:
            continue
        seen.add(document)
        for _, target, _ in links(document):
            page = target / "README.md" if target.is_dir() else target
            if page.suffix == ".md" and page.exists():
                waiting.append(page)
    return seen


def problems(root):
    known = documents(root)
    for document in known:
        for link, target, section in links(document):
            name = document.relative_to(root)
            if not target.exists():
                yield f"{name}: there is no {link}"
            elif section and target.suffix == ".md" and section not in anchors(target):
                yield f"{name}: {link} has no such section"
    start = root / "docs" / "README.md"
    named, seen = {target for _, target, _ in links(start)} | {start}, reachable(start)
    for document in known:
        if document.parent == start.parent and document not in named:
            yield f"docs/README.md does not name {document.name}"
        if document.is_relative_to(start.parent) and document not in seen:
            yield f"{document.relative_to(root)} cannot be reached from docs/README.md"


def main():
    found = list(problems(ROOT))
    for problem in found:
        print(problem)
    print(f"links: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
