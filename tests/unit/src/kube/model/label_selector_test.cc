#include "src/kube/model/label_selector.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace labgallery::kube {
namespace {

struct Row {
  std::string selector;
  Labels labels;
  bool matches;
};

class LabelSelectorOf : public testing::TestWithParam<Row> {};

TEST_P(LabelSelectorOf, SelectsByLabels) {
  const auto selector = ParseLabelSelector(GetParam().selector);
  ASSERT_TRUE(selector);
  EXPECT_EQ(Matches(*selector, GetParam().labels), GetParam().matches) << GetParam().selector;
}

INSTANTIATE_TEST_SUITE_P(Rows, LabelSelectorOf,
                         testing::ValuesIn(std::vector<Row>{
                             {"", {}, true},
                             {"", {{"a", "b"}}, true},
                             {"a=b", {{"a", "b"}}, true},
                             {"a==b", {{"a", "c"}}, false},
                             {"a=b", {}, false},
                             {"a!=b", {{"a", "b"}}, false},
                             {"a!=b", {}, true},
                             {"a in (x, y)", {{"a", "y"}}, true},
                             {"a in (x, y)", {{"a", "z"}}, false},
                             {"example.org/a notin (x)", {{"example.org/a", "y"}}, true},
                             {"a", {{"a", ""}}, true},
                             {"!a", {{"a", ""}}, false},
                             {"a=b,c", {{"a", "b"}}, false},
                             {"a=b,c", {{"a", "b"}, {"c", "d"}}, true}}));

TEST(LabelSelector, IsRefusedWhenItIsNone) {
  for (const char* text : {"a=b,", "=b", "a=b c", "a in x", "a b", "!", "a=-b", "a>1"}) {
    const auto selector = ParseLabelSelector(text);
    ASSERT_FALSE(selector) << text;
    EXPECT_EQ(selector.error().kind, ErrorKind::kInvalidInput);
  }
}

}  // namespace
}  // namespace labgallery::kube
