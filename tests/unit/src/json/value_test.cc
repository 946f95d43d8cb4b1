#include "src/json/value.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

Value Read(std::string_view text) { return Parse(text).value(); }

TEST(Value, FindsMembersAndTextsAlongAPath) {
  const Value value = Read(R"({"metadata":{"name":"teaching","nothing":null}})");
  ASSERT_NE(value.At({"metadata", "name"}), nullptr);
  EXPECT_EQ(value.Text({"metadata", "name"}), "teaching");
  EXPECT_TRUE(value.At({"metadata", "nothing"})->IsNull());
  EXPECT_EQ(value.At({"metadata", "absent"}), nullptr);
  EXPECT_EQ(value.At({"metadata", "name", "deeper"}), nullptr);
  EXPECT_EQ(value.Text({"metadata"}), "");
}

TEST(Value, GivesItsContentOnlyAsWhatItIs) {
  const Value integer(7);
  EXPECT_EQ(*integer.AsInteger(), 7);
  EXPECT_EQ(integer.AsNumber(), 7.0);
  EXPECT_EQ(integer.AsString(), nullptr);
  EXPECT_EQ(Value(0.5).AsInteger(), nullptr);
  EXPECT_EQ(Value("7").AsNumber(), std::nullopt);
  EXPECT_EQ(Value(true).AsInteger(), nullptr);
}

TEST(Value, BecomesAnObjectOrAnArrayWhenWrittenTo) {
  Value value;
  value.Set("regions", Value()).Push("westeurope");
  value.Set("count", 1);
  value.SetIf("absent", std::optional<std::string>());
  value.SetIf("present", std::optional<std::string>("yes"));
  value.Remove("count");
  value.Remove("was never there");
  EXPECT_EQ(value, Read(R"({"regions":["westeurope"],"present":"yes"})"));
}

TEST(Value, IsEqualWhateverTheOrderOfItsMembers) {
  EXPECT_EQ(Read(R"({"a":1,"b":2})"), Read(R"({"b":2,"a":1})"));
  EXPECT_NE(Read("[1,2]"), Read("[2,1]"));
  EXPECT_NE(Read("1"), Read("1.0"));
}

struct MergeRow {
  std::string name;
  std::string target;
  std::string patch;
  std::string merged;
};
class Merge : public testing::TestWithParam<MergeRow> {};
TEST_P(Merge, FollowsRfc7386) {
  Value target = Read(GetParam().target);
  MergePatch(target, Read(GetParam().patch));
  EXPECT_EQ(Dump(target), GetParam().merged);
}
// The rows of the RFC's appendix A that differ in kind.
INSTANTIATE_TEST_SUITE_P(
    Table, Merge,
    testing::ValuesIn<MergeRow>({
        {"Replaces", R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {"Adds", R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {"Removes", R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {"ReplacesArraysWhole", R"({"a":["b"]})", R"({"a":["c","d"]})", R"({"a":["c","d"]})"},
        {"GoesDeeper", R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {"MakesObjectsOfArrays", R"(["a","b"])", R"({"a":"b"})", R"({"a":"b"})"},
        {"MakesArraysOfObjects", R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {"KeepsNullsThatThePatchDoesNotName", R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
        {"DropsNullsBelowWhatIsNew", R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
        {"TakesAScalarWhole", R"({"a":"foo"})", R"("bar")", R"("bar")"},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::json
