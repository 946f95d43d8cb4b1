#include "src/json/dumped.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

struct DumpedRow {
  std::string name;
  Value value;
};
class DumpedValue : public testing::TestWithParam<DumpedRow> {};
TEST_P(DumpedValue, ComesBack) { EXPECT_EQ(ParseDumped(Dump(GetParam().value)), GetParam().value); }
INSTANTIATE_TEST_SUITE_P(
    Table, DumpedValue,
    testing::ValuesIn<DumpedRow>({
        {"Null", nullptr},
        {"True", true},
        {"False", false},
        {"Integer", -17},
        {"LeastInteger", std::numeric_limits<std::int64_t>::min()},
        {"LargestInteger", std::numeric_limits<std::int64_t>::max()},
        {"Fraction", 0.1},
        {"NumberThatIsWhole", 3.0},
        {"NumberBeyondIntegers", 9223372036854775808.0},
        {"SmallNumber", -1.5e-300},
        {"EmptyText", ""},
        {"Text", "x"},
        {"TextWithQuotes", R"(say "no")"},
        {"TextThatEndsInABackslash", R"(C:\)"},
        {"TextWithControlCharacters", std::string("a\n\tb\0c", 6)},
        {"TextOfOtherAlphabets", "Äpfel, 画像"},
        {"TextLikeJson", R"({"a":[1,2]})"},
        {"EmptyObject", Value::Object()},
        {"EmptyArray", Value::Array()},
        {"Array", Value::Array{1, "two", Value::Array{3, Value::Object()}, nullptr, 0.5}},
        {"Object", Value::Object{{"", 1},
                                 {"a\"b", Value::Object{{"c", Value::Array{true, false}}}},
                                 {"d", "\\"},
                                 {"e", Value::Object()}}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(DumpedText, ThatWasCutStillHasAnEnd) {
  const std::string whole = Dump(
      Value::Object{{"a", Value::Array{1, "t\"x", Value::Object{{"b", nullptr}}}}, {"c", 2.5}});
  for (std::size_t size = 0; size < whole.size(); ++size) ParseDumped(whole.substr(0, size));
}

}  // namespace
}  // namespace labgallery::json
