// The rules that every CRD of ours follows, checked on the files themselves: what `kubectl explain`
// shows is complete, nothing is unbounded, and no default hides a value that is inherited or
// computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "controller/cli/manifest_kinds.h"

namespace labgallery::cli {
namespace {

using testing::IsEmpty;

class CrdShape : public testing::TestWithParam<std::string> {
 protected:
  static const ManifestKind& Kind() {
    static const auto kinds = ReadKinds(CrdFiles());
    for (const ManifestKind& kind : *kinds) {
      if (kind.type.kind == GetParam()) return kind;
    }
    throw std::logic_error("no such kind");
  }

  /// Calls `visit` for each field with its path; metadata is Kubernetes' own.
  using Visit = std::function<void(const std::string& path, const json::Value& node)>;
  static void Walk(const std::string& path, const json::Value& node, const Visit& visit) {
    if (path == "metadata") return;
    visit(path, node);
    if (const json::Value* properties = node.Find("properties")) {
      for (const auto& [name, property] : *properties->AsObject()) {
        Walk(path.empty() ? name : path + "." + name, property, visit);
      }
    }
    if (const json::Value* items = node.Find("items")) Walk(path + "[]", *items, visit);
    if (const json::Value* others = node.Find("additionalProperties"))
      Walk(path + ".*", *others, visit);
  }

  static std::vector<std::string> PathsWhere(
      const std::function<bool(const json::Value&)>& is_wrong) {
    std::vector<std::string> paths;
    Walk("", Kind().shape, [&](const std::string& path, const json::Value& node) {
      if (is_wrong(node)) paths.push_back(path);
    });
    return paths;
  }

  static bool Has(const json::Value& node, std::string_view key) {
    return node.Find(key) != nullptr;
  }
  static const json::Value& Version() {
    return Kind().crd.At({"spec", "versions"})->AsArray()->front();
  }
};

TEST_P(CrdShape, DescribesEveryField) {
  EXPECT_THAT(
      PathsWhere([](const json::Value& node) { return node.Text({"description"}).empty(); }),
      IsEmpty());
}

TEST_P(CrdShape, EndsEveryDescriptionAsASentence) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                const std::string_view text = node.Text({"description"});
                return !text.ends_with('.');
              }),
              IsEmpty());
}

TEST_P(CrdShape, BoundsEveryText) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                return node.Text({"type"}) == "string" && !Has(node, "maxLength");
              }),
              IsEmpty());
}

TEST_P(CrdShape, BoundsEveryNumberAndHasNoFractions) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                if (node.Text({"type"}) == "number") return true;
                return node.Text({"type"}) == "integer" &&
                       !(Has(node, "minimum") && Has(node, "maximum") && Has(node, "format"));
              }),
              IsEmpty());
}

TEST_P(CrdShape, BoundsEveryListAndSaysHowItMerges) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                return node.Text({"type"}) == "array" &&
                       !(Has(node, "maxItems") && Has(node, "x-kubernetes-list-type"));
              }),
              IsEmpty());
}

TEST_P(CrdShape, BoundsEveryMap) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                return Has(node, "additionalProperties") && !Has(node, "maxProperties");
              }),
              IsEmpty());
}

TEST_P(CrdShape, LeavesNothingUnpruned) {
  EXPECT_THAT(PathsWhere([](const json::Value& node) {
                return Has(node, "x-kubernetes-preserve-unknown-fields") ||
                       Has(node, "x-kubernetes-int-or-string") || Has(node, "nullable");
              }),
              IsEmpty());
}

TEST_P(CrdShape, HasNoDefaultWhereOneIsInheritedOrComputed) {
  const std::set<std::string> allowed = {
      "spec.gallery.onDelete",   "spec.gallery.swap",     "spec.images.allowedOSStates",
      "spec.images.default",     "spec.managementPolicy", "spec.replication.newRegions",
      "spec.replication.rollout"};
  std::vector<std::string> others;
  Walk("", Kind().shape, [&](const std::string& path, const json::Value& node) {
    if (Has(node, "default") && !allowed.contains(path)) others.push_back(path);
  });
  EXPECT_THAT(others, IsEmpty());
}

TEST_P(CrdShape, HasAStatusOfItsOwnWithConditions) {
  EXPECT_NE(Version().At({"subresources", "status"}), nullptr);
  const json::Value* conditions = ShapeAt(Kind().shape, "status.conditions");
  ASSERT_NE(conditions, nullptr);
  EXPECT_EQ(conditions->Text({"x-kubernetes-list-type"}), "map");
  for (const char* field :
       {"observedGeneration", "resourceId", "effective", "difference", "inventory"}) {
    EXPECT_NE(ShapeAt(Kind().shape, std::string("status.") + field), nullptr) << field;
  }
}

TEST_P(CrdShape, ShowsColumnsOfFieldsThatExist) {
  std::set<std::string> names;
  for (const json::Value& column : *Version().Find("additionalPrinterColumns")->AsArray()) {
    std::string path(column.Text({"jsonPath"}).substr(1));
    names.insert(std::string(column.Text({"name"})));
    if (path.starts_with("metadata.")) continue;
    if (const auto filter = path.find("[?("); filter != std::string::npos) {
      path.replace(filter, path.find(")]") + 2 - filter, "[0]");
    }
    const json::Value* node = ShapeAt(Kind().shape, path);
    ASSERT_NE(node, nullptr) << path;
    EXPECT_EQ(node->Text({"type"}), column.Text({"type"})) << path;
  }
  EXPECT_TRUE(names.contains("Ready") && names.contains("Reason") && names.contains("Age"));
}

TEST_P(CrdShape, SelectsByFieldsThatExist) {
  const json::Value::Array& fields = *Version().Find("selectableFields")->AsArray();
  EXPECT_LE(fields.size(), 8U);
  for (const json::Value& field : fields) {
    const std::string path(field.Text({"jsonPath"}).substr(1));
    EXPECT_NE(ShapeAt(Kind().shape, path), nullptr) << path;
  }
}

TEST_P(CrdShape, HasItsNames) {
  EXPECT_EQ(Kind().crd.Text({"metadata", "name"}), Kind().type.plural + "." + Kind().type.group);
  EXPECT_EQ(Kind().crd.At({"spec", "names", "categories"})->AsArray()->front(),
            json::Value("labgallery"));
}

INSTANTIATE_TEST_SUITE_P(Rows, CrdShape,
                         testing::Values("Image", "LabAccount", "SharedImageGallery"),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace labgallery::cli
