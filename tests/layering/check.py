#!/usr/bin/env python3
"""Checks the source tree against rules.py: includes, libraries, CMake link lists, forbidden words, sizes.

    check.py [ROOT]     prints each violation as PATH:LINE: [rule] what; exit status 1 if there is one
"""
import collections
import fnmatch
import functools
import pathlib
import re
import sys

import rules
import source

Violation = collections.namedtuple("Violation", "path line rule what")

_TYPE = re.compile(r"\b(?:class|struct|enum(?:\s+class)?|concept|using)\s+(?:\[\[\w+\]\]\s*)?([A-Z]\w*)")
_CAMEL_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_LAB_MODULE = re.compile(r"lab_module\s*\(([^)]*)\)", re.DOTALL)
_STD_HEADER = re.compile(r"[a-z_0-9]+$")
_FOLDERS = ("src", "controller", "tests", "crds", "manifests")


def read_tree(root):
    """Path -> text of every file that a rule is about."""
    files = {}
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in (".h", ".cc", ".cmake", ".txt", ".yaml", ".md", ".json"):
                files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    return files


@functools.lru_cache(maxsize=None)
def module_of(path):
    """The module that a file or an include path belongs to, or None."""
    found = [m for m in rules.MODULES if path.startswith(m + "/")]
    return max(found, key=len) if found else None


def matches(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def library_of(header):
    return next((lib for lib in rules.LIBRARIES if re.fullmatch(lib["include"], header)), None)


def check_own_include(file, line, header):
    module, wanted = module_of(file.path), module_of(header)
    if header.startswith("tests/"):
        if file.is_product:
            yield Violation(file.path, line, "layer", f"product code includes {header}")
    elif wanted is None:
        yield Violation(file.path, line, "include-path",
                        f'"{header}": includes start at the root of the tree and name a module\'s file')
    elif module is None or wanted == module or rules.MODULES[module] is None or wanted == "src/base":
        return
    elif wanted not in rules.MODULES[module]:
        yield Violation(file.path, line, "layer", f"{module} may not include {wanted} ({header})")


def check_outside_include(file, line, header):
    library = library_of(header)
    if library:
        if file.is_product and not matches(file.path, library["files"]):
            yield Violation(file.path, line, "heavy-header",
                            f"{library['name']} belongs into {', '.join(library['files'])} only")
    elif header in rules.SYSTEM_HEADERS or _STD_HEADER.match(header) or header.startswith(("gtest/", "gmock/")):
        if file.is_product and header.startswith(("gtest/", "gmock/")):
            yield Violation(file.path, line, "layer", "product code includes the test framework")
        if module_of(file.path) in rules.PURE_MODULES and header in rules.PURE_FORBIDDEN_HEADERS:
            yield Violation(file.path, line, "pure", f"{module_of(file.path)} is pure: no <{header}>")
    else:
        yield Violation(file.path, line, "unknown-library",
                        f"<{header}> is in no table: a new library needs a line in rules.py and in docs/adr/")


def check_includes(file):
    for line, is_outside, header in file.includes:
        yield from (check_outside_include if is_outside else check_own_include)(file, line, header)


def check_text(path, text, code):
    for rule in rules.TEXT_RULES:
        if path.split("/")[0] not in rule["where"] or matches(path, rule["except"]):
            continue
        if rule["on"] == "code" and code is None:
            continue
        searched = code if rule["on"] == "code" else text
        for match in re.finditer(rule["pattern"], searched):
            line = searched.count("\n", 0, match.start()) + 1
            yield Violation(path, line, rule["rule"], f"'{match.group(0)}': {rule['why']}")


def check_names(file):
    for word in pathlib.PurePosixPath(file.path).stem.split("_"):
        if word in rules.FORBIDDEN_FILE_WORDS:
            yield Violation(file.path, 1, "file-name", f"'{word}' says nothing about what is inside")
    if not file.is_product:
        return
    for match in _TYPE.finditer(file.code):
        for word in _CAMEL_WORDS.findall(match.group(1)):
            if word in rules.FORBIDDEN_TYPE_WORDS:
                yield Violation(file.path, file.code.count("\n", 0, match.start()) + 1, "type-name",
                                f"{match.group(1)}: '{word}' says nothing about what it is")


def size_limits(file):
    if not file.is_product:
        return rules.SIZE_LIMITS["tests"]
    return rules.SIZE_LIMITS["product .h" if file.is_header else "product .cc"]


def check_size(file):
    lines = file.text.count("\n")
    if lines > size_limits(file)[1]:
        yield Violation(file.path, lines, "size", f"{lines} lines, the limit is {size_limits(file)[1]}")


def check_header(file):
    if not file.is_product or not file.is_header:
        return
    if not file.text.startswith("// "):
        yield Violation(file.path, 1, "header-comment", "a header opens with what it is for")
    if "#pragma once" not in file.code:
        yield Violation(file.path, 1, "header-guard", "no #pragma once")


def included_modules(module, sources):
    """The modules that the files of `module` include; src/base left out, every module brings it."""
    included = set().union(*(own_includes(file) for file in sources if module_of(file.path) == module))
    return included - {module, "src/base", None}


@functools.lru_cache(maxsize=None)
def own_includes(file):
    return {module_of(header) for _, is_outside, header in file.includes if not is_outside}


def link_lists(text):
    """The words of each lab_module() in a CMakeLists.txt, and the modules among them."""
    for call in _LAB_MODULE.findall(re.sub(r"#.*", "", text)):
        words = call.split()
        yield words, {module_of_target(word) for word in words if word.startswith("lab::")}


def reached(linked, files):
    """What is linked, and what that brings along."""
    seen, open_ends = set(), set(linked)
    while open_ends:
        module = open_ends.pop()
        seen.add(module)
        for _, further in link_lists(files.get(f"{module}/CMakeLists.txt", "")):
            open_ends |= further - seen
    return seen


def check_links(path, files, sources):
    """The link lists of a module: allowed, all that its files include, and nothing that they do not."""
    module = module_of(path)
    is_whole = path == module + "/CMakeLists.txt"  # a part of a module includes less than the module
    for words, linked in link_lists(files[path]):
        linked = linked - {module, "src/base"}
        included = included_modules(module, sources) if is_whole else linked
        allowed = linked if rules.MODULES[module] is None else rules.MODULES[module]
        for other in sorted(linked - allowed):
            yield Violation(path, 1, "link", f"{module} may not link {other}")
        for other in sorted(included - reached(linked, files)):
            yield Violation(path, 1, "link", f"{module} includes {other} and does not link it")
        for other in sorted(linked - included):
            yield Violation(path, 1, "link", f"{module} links {other} and includes nothing of it")
        for library in rules.LIBRARIES:
            homes = {module_of(pattern) for pattern in library["files"]}
            if module not in homes and any(re.fullmatch(library["target"], word) for word in words):
                yield Violation(path, 1, "link", f"{module} may not link {library['name']}")


def module_of_target(target):
    """lab::http_model -> src/http/model; lab::domain_image is a part of controller/domain."""
    name = target.removeprefix("lab::")
    for module in rules.MODULES:
        own = module.split("/", 1)[1].replace("/", "_")
        if name == own or (module.startswith("controller/") and name.startswith(own + "_")):
            return module
    return name


@functools.lru_cache(maxsize=None)
def check_source(file):
    """What can be said of one C++ file alone."""
    found = [v for check in (check_includes, check_names, check_size, check_header) for v in check(file)]
    return found + list(check_text(file.path, file.text, file.code))


def check_tree(files):
    """All violations in the tree, exceptions taken out; exceptions that excuse nothing put in."""
    sources = [source.parse(path, text) for path, text in files.items() if path.endswith((".h", ".cc"))]
    found = [violation for file in sources for violation in check_source(file)]
    for path, text in files.items():
        if path.endswith((".h", ".cc")):
            continue
        if not path.startswith("tests/"):
            found.extend(check_text(path, text, None))
        if path.endswith("/CMakeLists.txt") and module_of(path):
            found.extend(check_links(path, files, sources))
    return without_exceptions(found)


def without_exceptions(found):
    def excused(violation, exception):
        rule, path, what, _ = exception
        return violation.rule == rule and violation.path == path and what in violation.what

    kept = [v for v in found if not any(excused(v, e) for e in rules.EXCEPTIONS)]
    for exception in rules.EXCEPTIONS:
        if not any(excused(v, exception) for v in found):
            kept.append(Violation(exception[1], 1, "exception", f"excuses nothing any more: {exception}"))
    return kept


def warnings(files):
    for path, text in files.items():
        if path.endswith((".h", ".cc")):
            file = source.parse(path, text)
            lines, limit = file.text.count("\n"), size_limits(file)[0]
            if lines > limit:
                yield f"{path}: {lines} lines, better at most {limit}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    files = read_tree(root)
    for warning in warnings(files):
        print("warning:", warning)
    violations = check_tree(files)
    for v in violations:
        print(f"{v.path}:{v.line}: [{v.rule}] {v.what}")
    print(f"layering: {len(files)} files, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
