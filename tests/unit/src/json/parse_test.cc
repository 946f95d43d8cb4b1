#include "src/json/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
