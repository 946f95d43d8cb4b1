#include "src/json/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse_without.h"

namespace labgallery::json {
namespace {

using testing::HasSubstr;

TEST(Parse, ReadsEveryKindOfValue) {
  Value wanted;
  wanted.Set("null", Value());
  wanted.Set("true", true);
  wanted.Set("integer", -3);
  wanted.Set("number", 2.5);
  wanted.Set("text", "ä\n");
  wanted.Set("array", Value::Array{1, Value::Array{}, Value::Object{}});
  const auto value = Parse(
      R"( {"null":null, "true":true, "integer":-3, "number":2.5, "text":"\u00e4\n", "array":[1,[],{}]} )");
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, wanted);
}

TEST(Parse, MakesNumbersOfIntegersThatDoNotFit) {
  EXPECT_EQ(*Parse("9223372036854775807")->AsInteger(), INT64_MAX);
  EXPECT_EQ(Parse("9223372036854775808")->AsInteger(), nullptr);
  EXPECT_EQ(Parse("9223372036854775808")->AsNumber(), 9223372036854775808.0);
  EXPECT_EQ(*Parse("-9223372036854775808")->AsInteger(), INT64_MIN);
}

struct RefusedRow {
  std::string name;
  std::string text;
  std::string says;
};
class RefusedText : public testing::TestWithParam<RefusedRow> {};
TEST_P(RefusedText, IsInvalidInput) {
  const auto value = Parse(GetParam().text);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(value.error().message, HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(Table, RefusedText,
                         testing::ValuesIn<RefusedRow>({
                             {"WhenEmpty", "", "at byte 1"},
                             {"WhenCutShort", R"({"a":)", "at byte 6"},
                             {"WithTwoValues", "1 2", "at byte 3"},
                             {"WithAKeyTwice", R"({"a":1,"a":2})", "the key 'a' stands twice"},
                             {"WithAKeyTwiceDeepInside", R"([{"b":{"a":1,"a":2}}])",
                              "'a' stands twice"},
                             {"WithBrokenUtf8", "\"\xff\"", "at byte 2"},
                             {"WithANumberBeyondAll", "1e999", "at byte"},
                             {"WithComments", "/* c */ 1", "at byte 1"},
                         }),
                         [](const auto& row) { return row.param.name; });

struct WithoutRow {
  std::string name;
  std::string text;
  std::string left;
};
class TextWithoutAMember : public testing::TestWithParam<WithoutRow> {};
TEST_P(TextWithoutAMember, IsReadAs) {
  const auto value = ParseWithout("metadata", "managedFields", GetParam().text);
  ASSERT_TRUE(value);
  EXPECT_EQ(Dump(*value), GetParam().left);
}
INSTANTIATE_TEST_SUITE_P(
    Table, TextWithoutAMember,
    testing::ValuesIn<WithoutRow>({
        {"LessThatMember",
         R"({"metadata":{"a":1,"managedFields":[{"f":{"g":[1,{}]}},[]],"b":2},"c":3})",
         R"({"c":3,"metadata":{"a":1,"b":2}})"},
        {"LessAScalar", R"({"metadata":{"managedFields":null,"b":2}})", R"({"metadata":{"b":2}})"},
        {"LessThatMemberAtAnyDepth",
         R"({"items":[{"metadata":{"managedFields":{}}},{"metadata":{"managedFields":"x","a":[]}}]})",
         R"({"items":[{"metadata":{}},{"metadata":{"a":[]}}]})"},
        {"ItIsWhereTheMemberStandsElsewhere",
         R"({"managedFields":1,"metadata":{"labels":{"managedFields":"y"}},"spec":{"managedFields":[]}})",
         R"({"managedFields":1,"metadata":{"labels":{"managedFields":"y"}},"spec":{"managedFields":[]}})"},
        {"ItIsWhereTheParentIsNoObject", R"({"metadata":[{"managedFields":1}]})",
         R"({"metadata":[{"managedFields":1}]})"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(Parse, KeepsMembersWithoutAName) {
  EXPECT_EQ(Dump(*Parse(R"({"":{"":1}})")), R"({"":{"":1}})");
}

TEST(TextWithout, IsStillRefusedWhereItIsNotJson) {
  EXPECT_FALSE(ParseWithout("metadata", "managedFields", R"({"metadata":{"managedFields":[}})"));
}

TEST(Parse, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Parse(nested(64)));
  ASSERT_FALSE(Parse(nested(65)));
  EXPECT_THAT(Parse(nested(65)).error().message, HasSubstr("nested deeper than 64 levels"));
  EXPECT_FALSE(Parse(std::string(1000000, '[')));
}

TEST(Parse, RefusesWhatIsTooLarge) {
  EXPECT_TRUE(Parse("[12]", {.max_bytes = 4}));
  EXPECT_THAT(Parse("[123]", {.max_bytes = 4}).error().message, HasSubstr("larger than 4 bytes"));
}

TEST(Dump, SortsMembersAndWritesNoBlanks) {
  EXPECT_EQ(Dump(*Parse(R"({"b": [1, 2.5, "ä"], "a": {"c": null}})")),
            R"({"a":{"c":null},"b":[1,2.5,"ä"]})");
}

TEST(Dump, ReplacesBytesThatAreNotUtf8) { EXPECT_EQ(Dump(Value("a\xff")), "\"a\xEF\xBF\xBD\""); }

TEST(DumpPretty, IndentsAndEndsTheLastLine) {
  EXPECT_EQ(DumpPretty(*Parse(R"({"a":[1]})")), "{\n  \"a\": [\n    1\n  ]\n}\n");
}

}  // namespace
}  // namespace labgallery::json
