// The parsers: printer columns' paths, selectors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/embedded_kube/json_path.h"
#include "src/embedded_kube/selection.h"
#include "tests/unit/src/embedded_kube/kinds.h"

namespace labgallery::embedded_kube {
namespace {

TEST(JsonPath, FindsWhatPrinterColumnsAskFor) {
  const json::Value value =
      Json(R"({"a": {"b.c": 1, "list": [{"type": "X", "n": 1}, {"type": "Y", "n": 2}]},
                                     "labels": {"app.io/x": "v"}})");
  struct Row {
    const char* path;
    std::vector<std::string> found;
  };
  for (const Row& row :
       {Row{".a.list[0].n", {"1"}}, Row{".a.list[-1].n", {"2"}}, Row{".a.list[*].n", {"1", "2"}},
        Row{R"(.a.list[?(@.type=="Y")].n)", {"2"}}, Row{R"(.a.list[?(@.type!='Y')].n)", {"1"}},
        Row{R"(.a.list[?(@.n==1)].type)", {R"("X")"}}, Row{R"(.a.b\.c)", {"1"}},
        Row{R"(.a['b.c'])", {"1"}}, Row{R"(.labels['app\.io/x'])", {}},
        Row{R"(.labels['app.io/x'])", {R"("v")"}}, Row{".a.list[7]", {}}, Row{".none.b", {}},
        Row{".a.list[?(@.type==\"Z\")].n", {}}, Row{".a.list[", {}}, Row{".a.list[x]", {}}}) {
    std::vector<std::string> texts;
    for (const json::Value* found : FindByPath(value, row.path))
      texts.push_back(json::Dump(*found));
    EXPECT_EQ(texts, row.found) << row.path;
  }
}

TEST(LabelSelector, ReadsEveryOperator) {
  using Operator = Requirement::Operator;
  const auto parsed =
      ParseLabelSelector(" a=b , c!=d,e==f, g in (x, y),h notin(z),i,!j,k= ,l in ()");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, (std::vector<Requirement>{{"a", Operator::kIn, {"b"}},
                                               {"c", Operator::kNotIn, {"d"}},
                                               {"e", Operator::kIn, {"f"}},
                                               {"g", Operator::kIn, {"x", "y"}},
                                               {"h", Operator::kNotIn, {"z"}},
                                               {"i", Operator::kExists, {}},
                                               {"j", Operator::kDoesNotExist, {}},
                                               {"k", Operator::kIn, {""}},
                                               {"l", Operator::kIn, {""}}}));
  EXPECT_TRUE(ParseLabelSelector("")->empty());
}

TEST(LabelSelector, RefusesWhatItCannotRead) {
  for (const char* text :
       {"a,,b", "=b", "a in x", "-a=b", "a=b c", "a in (x", "!", "a=b)", "in (a)"}) {
    EXPECT_FALSE(ParseLabelSelector(text)) << text;
  }
}

}  // namespace
}  // namespace labgallery::embedded_kube
