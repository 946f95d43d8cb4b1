#include "src/base/time_text.h"

#include <gtest/gtest.h>

namespace labgallery {
namespace {

using namespace std::chrono_literals;

constexpr SystemTime kMoment =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + 17h + 15min + 6s;

TEST(Rfc3339, WritesWholeSecondsInUtc) {
  EXPECT_EQ(Rfc3339(kMoment + 999999us), "2026-11-25T17:15:06Z");
  EXPECT_EQ(Rfc3339(SystemTime{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(Rfc3339(SystemTime{} - 1us), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339Micro, WritesSixDecimals) {
  EXPECT_EQ(Rfc3339Micro(kMoment + 42us), "2026-11-25T17:15:06.000042Z");
}

struct ReadRow {
  std::string name;
  std::string text;
  std::optional<SystemTime> time;
};
class ParseTime : public testing::TestWithParam<ReadRow> {};
TEST_P(ParseTime, ReadsRfc3339AndNothingElse) {
  EXPECT_EQ(ParseRfc3339(GetParam().text), GetParam().time);
}
INSTANTIATE_TEST_SUITE_P(Table, ParseTime,
                         testing::ValuesIn<ReadRow>({
                             {"InUtc", "2026-11-25T17:15:06Z", kMoment},
                             {"InLowerCase", "2026-11-25t17:15:06z", kMoment},
                             {"WithMicroseconds", "2026-11-25T17:15:06.000042Z", kMoment + 42us},
                             {"WithSevenDecimalsAsAzureWritesThem", "2026-11-25T17:15:06.1234567Z",
                              kMoment + 123456us},
                             {"WithOneDecimal", "2026-11-25T17:15:06.5Z", kMoment + 500ms},
                             {"EastOfGreenwich", "2026-11-25T18:45:06+01:30", kMoment},
                             {"WestOfGreenwich", "2026-11-25T09:15:06-08:00", kMoment},
                             {"OnALeapDay", "2024-02-29T00:00:00Z",
                              SystemTime(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29))},
                             {"NotWithoutZone", "2026-11-25T17:15:06", std::nullopt},
                             {"NotWithoutTime", "2026-11-25", std::nullopt},
                             {"NotADayThatIsNot", "2026-02-29T00:00:00Z", std::nullopt},
                             {"NotAnHourThatIsNot", "2026-11-25T24:00:00Z", std::nullopt},
                             {"NotAMinuteThatIsNot", "2026-11-25T17:60:00Z", std::nullopt},
                             {"NotASign", "2026--1-25T17:15:06Z", std::nullopt},
                             {"NotWithSomethingBehind", "2026-11-25T17:15:06Zulu", std::nullopt},
                             {"NotAnEmptyText", "", std::nullopt},
                         }),
                         [](const auto& row) { return row.param.name; });

struct AgeRow {
  std::string name;
  Duration age;
  std::string text;
};
class Age : public testing::TestWithParam<AgeRow> {};
TEST_P(Age, ReadsAsKubectlShowsIt) { EXPECT_EQ(ShortDuration(GetParam().age), GetParam().text); }
INSTANTIATE_TEST_SUITE_P(Table, Age,
                         testing::ValuesIn<AgeRow>({
                             {"Nothing", 0s, "0s"},
                             {"Seconds", 119s, "119s"},
                             {"MinutesAndSeconds", 125s, "2m5s"},
                             {"RoundMinutes", 180s, "3m"},
                             {"ManyMinutes", 179min + 59s, "179m"},
                             {"HoursAndMinutes", 3h + 12min, "3h12m"},
                             {"RoundHours", 4h, "4h"},
                             {"ManyHours", 47h + 59min, "47h"},
                             {"Days", 121h, "5d"},
                         }),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery
