#include "src/base/utf8.h"

#include <gtest/gtest.h>

#include <string_view>

namespace labgallery {
namespace {

struct Row {
  const char* name;
  std::string_view text;
  std::size_t length;
};

class Utf8Characters : public testing::TestWithParam<Row> {};

TEST_P(Utf8Characters, AreAsLongAs) { EXPECT_EQ(Utf8Length(GetParam().text), GetParam().length); }

INSTANTIATE_TEST_SUITE_P(
    Unicode, Utf8Characters,
    testing::Values(Row{"ALetter", "ab", 1}, Row{"TwoBytes", "\xC3\xA9x", 2},
                    Row{"ThreeBytes", "\xE2\x82\xAC", 3}, Row{"FourBytes", "\xF0\x9F\x98\x80", 4},
                    Row{"Nothing", "", 0}, Row{"ALoneFollower", "\x80", 0},
                    Row{"CutShort", "\xE2\x82", 0}, Row{"ALatinByte", "\xE9t\xE9", 0},
                    Row{"TwoBytesTooMany", "\xC0\xAF", 0}, Row{"ThreeTooMany", "\xE0\x80\xAF", 0},
                    Row{"FourTooMany", "\xF0\x80\x80\xAF", 0}, Row{"ASurrogate", "\xED\xA0\x80", 0},
                    Row{"BeyondUnicode", "\xF4\x90\x80\x80", 0}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery
