// docs/reference: a page for each kind, made from its CRD.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "src/base/text.h"
#include "src/yaml/parse.h"
#include "tests/golden/condition_rows.h"
#include "tests/golden/crd_page.h"
#include "tests/golden/golden.h"

namespace labgallery::golden {
namespace {

struct Crd {
  std::string file;
  yaml::Document document;

  std::string Kind() const { return std::string(document.value.Text({"spec", "names", "kind"})); }
};

std::vector<Crd> Crds() {
  std::vector<Crd> found;
  const char* root = std::getenv("LABGALLERY_SOURCE_DIR");
  EXPECT_NE(root, nullptr) << "run by ctest, which says where the tree is";
  if (root == nullptr) return found;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(root) + "/crds")) {
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    yaml::Parsed parsed = yaml::ParseYaml(text);
    EXPECT_EQ(parsed.documents.size(), 1U) << entry.path();
    found.push_back({"crds/" + entry.path().filename().string(), parsed.documents.front()});
  }
  return found;
}

TEST(KindPages, SayWhatTheCrdsSay) {
  for (const Crd& crd : Crds()) {
    ExpectFile("docs/reference/" + Lower(crd.Kind()) + ".md", CrdPage(crd.document, crd.file));
  }
}

TEST(KindPages, KnowEveryFieldThatARuleAboutThePastNames) {
  for (const Crd& crd : Crds()) {
    EXPECT_EQ(UnknownFieldsOfRules(crd.document), std::vector<std::string>()) << crd.file;
  }
}

TEST(KindPages, KnowTheConditionsThatTheCrdsName) {
  for (const Crd& crd : Crds()) {
    const json::Value& version = crd.document.value.At({"spec", "versions"})->AsArray()->front();
    const std::string told(version.Text({"schema", "openAPIV3Schema", "properties", "status",
                                         "properties", "conditions", "description"}));
    const auto colon = told.find(": ");
    std::string listed = told.substr(colon + 2, told.find('.', colon) - colon - 2);
    std::vector<std::string> known;
    for (const ConditionRow& row : ConditionRows()) {
      if (row.kind == crd.Kind()) known.emplace_back(row.type);
    }
    EXPECT_EQ(listed, Join(known, ", ")) << crd.file;
  }
}

}  // namespace
}  // namespace labgallery::golden
