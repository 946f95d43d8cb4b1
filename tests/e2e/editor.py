#!/usr/bin/env python3
"""An editor for `kubectl edit`: `editor.py FIELD VALUE FILE` sets one field of the spec, as a person would by hand."""
import pathlib
import sys

field, value, path = sys.argv[1:]
file = pathlib.Path(path)
lines = [line for line in file.read_text().splitlines() if not line.startswith(f"  {field}:")]
lines.insert(lines.index("spec:") + 1, f"  {field}: {value}")
file.write_text("\n".join(lines) + "\n")
