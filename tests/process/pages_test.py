#!/usr/bin/env python3
"""The documents, followed word by word: every ```sh block of every page is run as a reader would, page by page, in a tree like a
fresh clone, and prints what the ```text block behind it shows ("..." stands for any lines).

    pages_test.py BINARY [PAGE...]
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import product
from product import ROOT, expect

# Pages whose commands need what is not here -> who follows them.
ELSEWHERE = {"docs/quickstart.md": "tests/node/node_test.py, on a whole node", "docs/credentials.md": "whoever has an Azure"}
PORT = "8090"  # of the simulator in the documents; here any that is free
_BLOCK = re.compile(r"^( *)```(sh|text)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_END = "-- end of the block --"


def tracked():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def blocks(page):
    """[commands, what they print or None] of each block, in the order of the page."""
    found = []
    for indent, kind, text in _BLOCK.findall((ROOT / page).read_text()):
        text = re.sub(f"^{indent}", "", text, flags=re.MULTILINE)
        if kind == "sh":
            found.append([text, None])
        else:
            expect(found and found[-1][1] is None, f"{page}: a block of text stands behind no commands:\n{text}")
            found[-1][1] = text
    return found


def clone(folder):
    """What git would put there, and the program where `make build` puts it."""
    for name in tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    program = folder / "build" / "release" / "labgallery"
    program.parent.mkdir(parents=True)
    program.symlink_to(pathlib.Path(product.BINARY).resolve())


def looks_like(shown, printed):
    lines = (r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in shown.splitlines())
    return re.fullmatch("".join(lines), printed) is not None


def follow(page):
    port, found = str(product.free_ports(1)[0]), blocks(page)
    script = "".join(f"{commands.replace(PORT, port)}echo '{_END}'\n" for commands, _ in found)
    with tempfile.TemporaryDirectory() as folder:
        clone(pathlib.Path(folder))
        # What a page starts in the background ends with its shell.
        script = f"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{script}"
        ran = subprocess.run(["bash", "-e", "-u", "-c", script], cwd=folder, capture_output=True, text=True,
                             timeout=product.PATIENCE * 3)
    printed = ran.stdout.split(f"{_END}\n")
    expect(ran.returncode == 0, f"{page}: block {len(printed)} of {len(found)} ends with {ran.returncode}:\n"
                                f"{printed[-1][-2000:]}{ran.stderr[-2000:]}")
    for number, ((commands, shown), seen) in enumerate(zip(found, printed), 1):
        expect(shown is None or looks_like(shown.replace(PORT, port), seen),
               f"{page}: block {number} prints something else\n{commands}prints\n{seen}and not\n{shown}")
    return f"{len(found)} blocks"


def pages():
    """The pages with commands that can be run here."""
    wanted = sys.argv[2:]
    with_commands = [name for name in tracked() if name.endswith(".md") and "```sh\n" in (ROOT / name).read_text()]
    expect(not set(ELSEWHERE) - set(with_commands), f"{set(ELSEWHERE) - set(with_commands)} has no commands any more")
    return [name for name in with_commands if (name in wanted if wanted else name not in ELSEWHERE)]


def step(page):
    def followed():
        return follow(page)
    followed.__doc__ = f"{page} does what it says"
    return followed


if __name__ == "__main__":
    found = pages()
    expect("README.md" in found or len(sys.argv) > 2, "README.md shows no commands")
    product.run_steps(*(step(page) for page in found))
