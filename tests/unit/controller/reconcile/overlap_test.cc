#include "controller/reconcile/overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

using testing::HasSubstr;

LeaseHolder Holder(const std::string& name, int created, const std::string& selector,
                   const std::string& name_space = "") {
  return {.lease = {"ops", name},
          .uid = name,
          .created = SystemTime(std::chrono::seconds(created)),
          .name_space = name_space,
          .selector = *kube::ParseLabelSelector(selector)};
}

const std::map<std::string, kube::Labels> kOwn{{"a", {{"team", "a"}}}, {"b", {{"team", "b"}}}};

struct Row {
  std::string name;
  std::vector<LeaseHolder> others;
  Overlap found;
};

class OverlapWith : public testing::TestWithParam<Row> {};

TEST_P(OverlapWith, IsFoundByWhatTheLeasesSay) {
  EXPECT_EQ(FindOverlap(Holder("self", 5, ""), GetParam().others, kOwn), GetParam().found);
}

TEST(OverlapWithoutALease, LeavesNothingToAnybody) {
  const Overlap found{{"a"}, {}, {"ops/x"}};
  EXPECT_EQ(FindOverlap({.lease = {"ops", ""}}, {Holder("x", 1, "team=a")}, kOwn), found);
  EXPECT_THAT(Describe({.lease = {"ops", ""}}, found), HasSubstr("both do: end one of them"));
}

LeaseHolder Unreadable() {
  LeaseHolder holder = Holder("odd", 9, "");
  holder.selector.reset();
  return holder;
}

INSTANTIATE_TEST_SUITE_P(
    Others, OverlapWith,
    testing::ValuesIn(std::vector<Row>{
        {"Nobody", {}, {}},
        {"AnOlderOneThatSelectsOne", {Holder("x", 1, "team=a")}, {{"a"}, {"a"}, {"ops/x"}}},
        {"AYoungerOneThatSelectsOne", {Holder("x", 9, "team=a")}, {{"a"}, {}, {"ops/x"}}},
        {"OneThatSelectsNoneOfOurs", {Holder("x", 1, "team=c")}, {}},
        {"OneOfAnotherNamespace", {Holder("x", 1, "", "c")}, {}},
        {"OneOfASingleNamespace", {Holder("x", 1, "", "b")}, {{"b"}, {"b"}, {"ops/x"}}},
        {"OneOfTheSameAge", {Holder("aaa", 5, "team=b")}, {{"b"}, {"b"}, {"ops/aaa"}}},
        {"OneThatCannotBeRead", {Unreadable()}, {{"a", "b"}, {}, {"ops/odd"}}},
        {"Two",
         {Holder("x", 1, "team=a"), Holder("y", 9, "team=b")},
         {{"a", "b"}, {"a"}, {"ops/x", "ops/y"}}}}),
    [](const auto& row) { return row.param.name; });

TEST(LeaseHolderOf, IsReadFromItsLease) {
  const auto holder = HolderOf(*json::Parse(
      R"({"metadata":{"name":"x","namespace":"ops","uid":"u","creationTimestamp":"1970-01-01T00:00:01Z",
          "annotations":{"labgallery.io/namespace-selector":"team=a","labgallery.io/namespace":"n"}}})"));
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->lease, (kube::ObjectKey{"ops", "x"}));
  EXPECT_EQ(holder->created, SystemTime(std::chrono::seconds(1)));
  EXPECT_TRUE(holder->Selects("n", {{"team", "a"}}));
  EXPECT_FALSE(holder->Selects("n", {{"team", "b"}}));
  EXPECT_FALSE(holder->Selects("m", {{"team", "a"}}));
}

TEST(Overlap, IsToldWithNamesButNotWithAllOfMany) {
  Overlap overlap{.shared = {}, .ceded = {"a"}, .others = {"ops/x"}};
  for (int i = 0; i < 9; ++i) overlap.shared.insert("n" + std::to_string(i));
  EXPECT_THAT(Describe(Holder("self", 5, ""), overlap), HasSubstr("ops/x"));
  EXPECT_THAT(Describe(Holder("self", 5, ""), overlap), HasSubstr("n0, n1, n2, n3, n4 and 4 more"));
  EXPECT_THAT(Describe(Holder("self", 5, ""), overlap), HasSubstr("leaves to it: a"));
}

}  // namespace
}  // namespace labgallery::reconcile
