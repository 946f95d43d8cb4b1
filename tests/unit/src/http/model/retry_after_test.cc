#include "src/http/model/retry_after.h"

#include <gtest/gtest.h>

namespace labgallery::http {
namespace {

using namespace std::chrono_literals;

constexpr SystemTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 10 / 21) + 7h + 28min;

struct Row {
  std::string name;
  Headers headers;
  std::optional<std::chrono::milliseconds> wait;
};
class AskedWait : public testing::TestWithParam<Row> {};
TEST_P(AskedWait, IsReadFromTheHeaders) {
  EXPECT_EQ(RetryAfter(GetParam().headers, kNow), GetParam().wait);
}
INSTANTIATE_TEST_SUITE_P(
    Table, AskedWait,
    testing::ValuesIn<Row>({
        {"AsSeconds", {{"Retry-After", "17"}}, 17s},
        {"AsSecondsWithBlanks", {{"retry-after", " 17 "}}, 17s},
        {"AsMilliseconds", {{"x-ms-retry-after-ms", "250"}}, 250ms},
        {"AsMillisecondsInTheOtherSpelling", {{"retry-after-ms", "250"}}, 250ms},
        {"MillisecondsBeforeSeconds", {{"Retry-After", "1"}, {"x-ms-retry-after-ms", "20"}}, 20ms},
        {"SecondsWhereMillisecondsAreBroken",
         {{"x-ms-retry-after-ms", "soon"}, {"Retry-After", "3"}},
         3s},
        {"AsADate", {{"Retry-After", "Wed, 21 Oct 2026 07:29:30 GMT"}}, 90s},
        {"AsADateThatHasPassed", {{"Retry-After", "Wed, 21 Oct 2026 07:00:00 GMT"}}, 0s},
        {"AtMostTenYears", {{"Retry-After", "9223372036854775807"}}, 10 * 366 * 24h},
        {"NotWhenNegative", {{"Retry-After", "-1"}}, std::nullopt},
        {"NotWhenItIsNoNumber", {{"Retry-After", "1.5"}}, std::nullopt},
        {"NotWhenTheMonthIsNone", {{"Retry-After", "Wed, 21 Okt 2026 07:29:30 GMT"}}, std::nullopt},
        {"NotWhenThereIsNone", {{"Content-Length", "3"}}, std::nullopt},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::http
