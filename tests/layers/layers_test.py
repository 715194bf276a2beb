#!/usr/bin/python3
"""What layers.py is for: each of these mistakes, made in a copy of the product, is found and named."""
import pathlib
import shutil
import tempfile
import sys
import unittest

sys.dont_write_bytecode = True
from layers import TOPS, Project, complaints

PROJECT = pathlib.Path(__file__).parents[2]


class Layers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name)
        for top in TOPS:
            shutil.copytree(PROJECT / top, self.copy / top)
        shutil.copy(PROJECT / "CONTRIBUTING.md", self.copy)

    def write(self, file, change):
        path = self.copy / file
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    def include(self, file, what):
        self.write(file, lambda text: f'#include "{what}"\n' + text)

    def assert_only(self, complaint):
        self.assertEqual(complaints(self.copy), [complaint])

    def test_nothing_is_wrong(self):
        self.assertEqual(complaints(self.copy), [])

    def test_an_include_against_the_table(self):
        self.include("pam_module/host.cpp", "otp/totp.h")
        self.assert_only("pam_module/host.cpp:1: pam_module may not use common/otp (the table in CONTRIBUTING.md)")

    def test_an_include_upwards(self):
        self.include("common/base/text.cpp", "wire/message.h")
        self.assert_only("common/base/text.cpp:1: common/base may not use common/wire (the table in CONTRIBUTING.md)")

    def test_an_include_between_programs(self):
        self.include("admin_tool/main.cpp", "secondstepd/limits.h")
        self.assert_only("admin_tool/main.cpp:1: admin_tool may not use pam_module/secondstepd (the table in CONTRIBUTING.md)")

    def test_a_file_that_is_in_two_places(self):
        for top in ("common", "admin_tool"):
            (self.copy / top / "portals" / "twice.h").touch()
        self.include("admin_tool/verbs/portal.cpp", "portals/twice.h")
        self.assert_only('admin_tool/verbs/portal.cpp:1: "portals/twice.h" is common/portals/twice.h and '
                         'admin_tool/portals/twice.h')

    def test_a_file_that_is_nowhere(self):
        self.include("admin_tool/main.cpp", "otp/nowhere.h")
        self.assert_only('admin_tool/main.cpp:1: "otp/nowhere.h" is no file of the product')

    def test_an_integer_of_fixed_width_without_its_header(self):
        self.write("common/base/clock.h", lambda text: text.replace("#include <cstdint>\n", ""))
        self.assert_only("common/base/clock.h: names an integer of fixed width without <cstdint>")

    def test_a_folder_without_a_row(self):
        (self.copy / "common" / "new_noun").mkdir()
        (self.copy / "common" / "new_noun" / "noun.h").touch()
        self.assert_only("CONTRIBUTING.md: common/new_noun has no row in the table of folders")

    def test_a_row_that_allows_what_nobody_uses(self):
        self.write("CONTRIBUTING.md", lambda text: text.replace("| `common/wire` | base | |", "| `common/wire` | base otp | |"))
        self.assertEqual(complaints(self.copy),
                         ["CONTRIBUTING.md: common/wire does not use common/otp",
                          "common/wire/CMakeLists.txt: does not link common/otp, other than its row says"])

    def test_a_circle(self):
        self.write("CONTRIBUTING.md", lambda text: text.replace("| `common/base` | | |", "| `common/base` | wire | |"))
        self.assertIn("circle", complaints(self.copy)[0])

    def test_a_library_that_links_more(self):
        self.write("common/wire/CMakeLists.txt", lambda text: text.replace("USES base", "USES base policy"))
        self.assert_only("common/wire/CMakeLists.txt: links common/policy, other than its row says")

    def test_reads_what_there_is(self):
        """A table that is not found, or a product without includes, would make everything right."""
        project = Project(PROJECT)
        self.assertEqual(project.table.keys(), project.folders)
        self.assertGreater(sum(1 for _ in project.includes()), 1000)


if __name__ == "__main__":
    unittest.main()
