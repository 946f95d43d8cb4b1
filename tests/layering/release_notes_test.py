#!/usr/bin/env python3
"""scripts/release-notes on a changelog of its own."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
CHANGELOG = """# Changelog

## Unreleased

### Fixed

- A line
  and its end ([docs/costs.md](docs/costs.md)).

### Added

- `--flag`.

## 0.1.0 - 2026-01-31

### Added

- Everything.
"""


class ReleaseNotes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "CHANGELOG.md"
        self.file.write_text(CHANGELOG)

    def run_script(self, *arguments):
        ran = subprocess.run([sys.executable, "-B", ROOT / "scripts" / "release-notes", *arguments, "--changelog", self.file],
                             capture_output=True, text=True)
        return ran.returncode, ran.stdout, ran.stderr

    def test_show_the_section_of_a_version_only(self):
        self.assertEqual(self.run_script("0.1.0"), (0, "# LabGallery 0.1.0 - 2026-01-31\n\n## Added\n\n- Everything.\n", ""))

    def test_release_what_is_unreleased_in_the_order_of_kinds(self):
        status, told, _ = self.run_script("0.2.0", "--release", "2026-02-28", "--base", "https://example.org/v0.2.0/")
        self.assertEqual(status, 0)
        self.assertEqual(told, "# LabGallery 0.2.0 - 2026-02-28\n\n## Added\n\n- `--flag`.\n\n## Fixed\n\n- A line and its end "
                               "([docs/costs.md](https://example.org/v0.2.0/docs/costs.md)).\n")
        self.assertIn("## Unreleased\n\n## 0.2.0 - 2026-02-28\n\n### Fixed", self.file.read_text())
        status, _, complaint = self.run_script("0.3.0", "--release", "2026-03-01")
        self.assertNotEqual(status, 0)
        self.assertIn("Unreleased is empty", complaint)

    def test_refuse_what_is_no_version_or_there_already(self):
        for version, complaint in {"0.2": "no version", "0.1.0": "already", "v0.2.0": "no version"}.items():
            status, _, told = self.run_script(version, "--release", "2026-02-28")
            self.assertNotEqual(status, 0, version)
            self.assertIn(complaint, told)
        self.assertEqual(self.file.read_text(), CHANGELOG)

    def test_tell_artifact_hub_in_its_words_and_without_links(self):
        status, told, _ = self.run_script("--annotation")
        self.assertEqual((status, told), (0, '- kind: fixed\n  description: "A line and its end."\n'
                                             '- kind: added\n  description: "--flag."\n'))

    def test_fit_the_changelog_of_this_tree(self):
        status, told, complaint = self.run_script("--annotation", "--changelog", ROOT / "CHANGELOG.md")
        self.assertEqual(status, 0, complaint)
        self.assertTrue(told)


if __name__ == "__main__":
    unittest.main()
