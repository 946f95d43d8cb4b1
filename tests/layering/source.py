"""One C++ source file as the checks see it: its text, its code without comments and literals, its includes."""
import functools
import re

# One alternative a kind of token; the first that matches at a place wins, so that a quote inside a comment
# and a comment inside a string are what they are.
_TOKENS = re.compile(
    r'R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def _emptied(match):
    token = match.group(0)
    lines = "\n" * token.count("\n")
    if token.startswith(("//", "/*")):
        return " " + lines
    return ("''" if token.startswith("'") else '""') + lines


class Source:
    """`path` is relative to the root of the tree."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.code = _TOKENS.sub(_emptied, text)
        # From the text: emptying literals would take the names of the headers with it.
        self.includes = [(text.count("\n", 0, m.start(2)) + 1, m.group(1) == "<", m.group(2))
                         for m in _INCLUDE.finditer(text)]

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_product(self):
        return self.path.startswith(("src/", "controller/"))


@functools.lru_cache(maxsize=None)
def parse(path, text):
    return Source(path, text)
