#include "controller/cli/duration_text.h"

#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Row {
  const char* name;
  const char* text;
  std::optional<Duration> want;
};

class DurationText : public testing::TestWithParam<Row> {};

TEST_P(DurationText, IsReadAsWritten) {
  EXPECT_EQ(ParseDuration(GetParam().text), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DurationText,
    testing::Values(Row{"Seconds", "90s", seconds(90)}, Row{"Minutes", "5m", minutes(5)},
                    Row{"HoursAndMinutes", "1h30m", minutes(90)}, Row{"Days", "2d", hours(48)},
                    Row{"Milliseconds", "500ms", milliseconds(500)},
                    Row{"MillisecondsBeforeMinutes", "1m500ms", minutes(1) + milliseconds(500)},
                    Row{"ZeroAlone", "0", Duration(0)}, Row{"NumberAlone", "90", std::nullopt},
                    Row{"UnitAlone", "m", std::nullopt}, Row{"Nothing", "", std::nullopt},
                    Row{"UnknownUnit", "5w", std::nullopt}, Row{"Negative", "-5m", std::nullopt},
                    Row{"NegativeInside", "5m-1s", std::nullopt},
                    Row{"Fraction", "1.5h", std::nullopt}, Row{"Blank", "5 m", std::nullopt},
                    Row{"MoreThanACentury", "40000d", std::nullopt},
                    Row{"MoreThanFits", "99999999999999999999d", std::nullopt}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::cli
