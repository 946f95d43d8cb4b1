#!/usr/bin/env python3
"""Proves that every rule of the layering check can fail: plants one violation at a time into the tree as it
is and expects exactly that rule to speak up."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import check
import links
import rules

ROOT = pathlib.Path(__file__).parents[2]
HEADER = "// What it is for.\n#pragma once\n"


def planted(path, text):
    return {path: text}


# (rule, what is planted): file -> text, beside the tree as it is.
PLANTS = {
    "an include from a layer above": ("layer", planted(
        "src/json/planted.cc", '#include "controller/domain/rules.h"\n')),
    "an include from a neighbour that is not allowed": ("layer", planted(
        "src/state/planted.cc", '#include "src/json/value.h"\n')),
    "the brain including a client": ("layer", planted(
        "controller/domain/planted.cc", '#include "src/kube/client/client.h"\n')),
    "product code including a test": ("layer", planted(
        "src/base/planted.cc", '#include "tests/unit/clock.h"\n')),
    "product code including the test framework": ("layer", planted(
        "src/base/planted.cc", "#include <gtest/gtest.h>\n")),
    "an include that does not start at the root": ("include-path", planted(
        "src/json/planted.cc", '#include "value.h"\n')),
    "cpprest outside its one module": ("heavy-header", planted(
        "src/azure/client/planted.cc", "#include <cpprest/http_client.h>\n")),
    "a heavy library in a header of its own module": ("heavy-header", planted(
        "src/json/planted.h", HEADER + "#include <nlohmann/json.hpp>\n")),
    "a library that nobody decided on": ("unknown-library", planted(
        "src/base/planted.cc", "#include <absl/strings/str_cat.h>\n")),
    "a thread in the brain": ("pure", planted("controller/domain/planted.cc", "#include <thread>\n")),
    "output in a model": ("pure", planted("src/kube/model/planted.cc", "#include <iostream>\n")),
    "a kind named in src": ("lab-services-nouns", planted(
        "src/runtime/planted.cc", "// Wakes the LabAccount.\n")),
    "a raw subscript": ("json-subscript", planted(
        "controller/reconcile/planted.cc", 'auto x = body["properties"];\n')),
    "a raw subscript over two lines": ("json-subscript", planted(
        "controller/reconcile/planted.cc", 'auto x = body.At({})[\n    "properties"];\n')),
    "a clock reading": ("clock", planted(
        "src/runtime/planted.cc", "auto t = std::chrono::steady_clock::now();\n")),
    "a sleep in the product": ("sleep", planted(
        "src/runtime/planted.cc", "std::this_thread::sleep_for(x);\n")),
    "a sleep in a test": ("sleep", planted(
        "tests/unit/src/runtime/planted_test.cc", "std::this_thread::sleep_for(x);\n")),
    "a condition variable": ("wait", planted(
        "src/runtime/planted.cc", "std::condition_variable_any changed;\n")),
    "a random device": ("random", planted("src/runtime/planted.cc", "std::random_device device;\n")),
    "the environment read deep inside": ("environment", planted(
        "src/azure/client/planted.cc", 'std::getenv("AZURE_TENANT_ID");\n')),
    "a fifth seam": ("seam", planted("src/runtime/planted.h", HEADER + "virtual void F() = 0;\n")),
    "an exception swallowed": ("catch", planted("src/runtime/planted.cc", "} catch (...) {}\n")),
    "a detached thread": ("detach", planted("src/runtime/planted.cc", "std::thread(f).detach();\n")),
    "a note to oneself": ("unfinished", planted("src/runtime/planted.cc", "// TODO: the rest\n")),
    "pretend code": ("unfinished", planted("src/runtime/planted.cc", "// a Simplified version\n")),
    "a file that is named after nothing": ("file-name", planted("src/kube/model/string_utils.cc", "\n")),
    "a type that is named after nothing": ("type-name", planted(
        "src/runtime/planted.cc", "class QueueManager {};\n")),
    "a source file without end": ("size", planted("src/runtime/planted.cc", "\n" * 451)),
    "a header without end": ("size", planted("src/runtime/planted.h", HEADER + "\n" * 250)),
    "a test file without end": ("size", planted("tests/unit/src/runtime/planted_test.cc", "\n" * 701)),
    "a header that does not say what it is for": ("header-comment", planted(
        "src/runtime/planted.h", "#pragma once\n")),
    "a header without guard": ("header-guard", planted(
        "src/runtime/planted.h", "// What it is for.\nstruct A {};\n")),
    "a link to a layer above": ("link", planted("src/state/CMakeLists.txt",
        "lab_module(state SOURCES a.cc HEADERS a.h DEPS lab::base lab::runtime)\n")),
    "a link that nobody uses": ("link", planted("src/yaml/CMakeLists.txt",
        "lab_module(yaml SOURCES a.cc HEADERS a.h DEPS lab::base lab::json lab::telemetry)\n")),
    "an outside library linked by the wrong module": ("link", planted("src/state/CMakeLists.txt",
        "lab_module(state SOURCES a.cc HEADERS a.h DEPS lab::base PRIVATE cpprestsdk::cpprest)\n")),
    "an include that is not linked": ("link", {
        "src/yaml/CMakeLists.txt": "lab_module(yaml SOURCES planted.cc HEADERS a.h DEPS lab::base)\n",
        "src/yaml/planted.cc": '#include "src/json/value.h"\n'}),
}

# What looks like a violation and is none.
INNOCENT = {
    "a kind named in a controller": planted("controller/domain/planted.cc", "// The LabAccount.\n"),
    "a kind named in the simulated cloud": planted("src/azure_simulator/planted.cc", "// A LabAccount.\n"),
    "brackets inside a text": planted("src/runtime/planted.cc", 'auto x = R"({"a":["b"]})";\n'),
    "a sleep in a comment": planted("src/runtime/planted.cc", "// not sleep_for\n"),
    "digits with separators": planted(
        "src/runtime/planted.cc", "int x = 1'000; // sleep_for\nint y = 2'000;\n"),
    "Azure's own word": planted("src/runtime/planted.cc", "struct Metadata {};\n"),
}


class LayeringCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = check.read_tree(ROOT)
        cls.present = set(check.check_tree(cls.tree))

    def new_violations(self, plants):
        return [v for v in check.check_tree(self.tree | plants) if v not in self.present]

    def test_finds_what_is_planted(self):
        for name, (rule, plants) in PLANTS.items():
            with self.subTest(name):
                found = [v.rule for v in self.new_violations(plants) if v.path in plants]
                self.assertIn(rule, found)

    def test_lets_the_innocent_pass(self):
        for name, plants in INNOCENT.items():
            with self.subTest(name):
                self.assertEqual([v for v in self.new_violations(plants) if v.path in plants], [])

    def test_has_a_plant_for_every_rule(self):
        every_rule = {rule["rule"] for rule in rules.TEXT_RULES} | {
            "layer", "include-path", "heavy-header", "unknown-library", "pure", "file-name", "type-name",
            "size", "header-comment", "header-guard", "link"}
        self.assertEqual(every_rule - {rule for rule, _ in PLANTS.values()}, set())

    def test_reports_an_exception_that_excuses_nothing(self):
        rules.EXCEPTIONS.append(("size", "src/base/clock.h", "999 lines", "for this test"))
        try:
            self.assertIn("exception", [v.rule for v in self.new_violations({})])
        finally:
            rules.EXCEPTIONS.pop()

    def test_ends_with_status_1_when_run_as_a_program(self):
        with tempfile.TemporaryDirectory() as copy:
            for folder in ("src", "controller", "crds", "manifests"):
                shutil.copytree(ROOT / folder, pathlib.Path(copy) / folder)
            (pathlib.Path(copy) / "src/base/planted.cc").write_text('#include "controller/cli/options.h"\n')
            ran = subprocess.run([sys.executable, "-B", check.__file__, copy], capture_output=True, text=True)
            self.assertEqual(ran.returncode, 1, ran.stdout)
            self.assertIn("src/base/planted.cc:1: [layer] src/base may not include controller/cli", ran.stdout)


class LinkCheck(unittest.TestCase):
    def problems(self, **more):
        """Of a small tree in which all is well, with some files changed."""
        files = {"README.md": "[docs](docs/README.md)\n", "docs/README.md": "[a](a.md#one-two) [b](b/README.md)\n",
                 "docs/a.md": "# One `two`\n", "docs/b/README.md": "[c](c.md)\n", "docs/b/c.md": "```\n[no](link.md)\n```\n", **more}
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            subprocess.run(["git", "init", "--quiet", root], check=True)
            return list(links.problems(root))

    def test_lets_the_innocent_pass(self):
        self.assertEqual(self.problems(), [])

    def test_finds_what_is_planted(self):
        for text, problem in {
                "[x](x.md)": "docs/a.md: there is no x.md",
                "# One `two`\n[b](b/c.md#three)": "docs/a.md: b/c.md#three has no such section",
                "# One `two`\n[here](#three)": "docs/a.md: #three has no such section"}.items():
            self.assertIn(problem, self.problems(**{"docs/a.md": text}))
        self.assertEqual(self.problems(**{"docs/b/README.md": ""}), ["docs/b/c.md cannot be reached from docs/README.md"])
        self.assertEqual(self.problems(**{"docs/README.md": "[b](b/README.md)", "docs/b/c.md": "[a](../a.md)"}),
                         ["docs/README.md does not name a.md"])


if __name__ == "__main__":
    unittest.main()
