#include "src/telemetry/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <thread>
#include <type_traits>
#include <vector>

#include "src/base/time_text.h"
#include "src/telemetry/log_line.h"
#include "src/telemetry/redact.h"

namespace labgallery::telemetry {
namespace {

const SystemTime kNoon = *ParseRfc3339("2026-11-25T12:00:00.000001Z");

struct ValueCase {
  const char* name;
  LogValue value;
  const char* text;
  const char* json;
};

class LogValueForms : public ::testing::TestWithParam<ValueCase> {};

TEST_P(LogValueForms, AreOneLineInBothFormats) {
  const LogEvent event{kNoon, LogLevel::kInfo, "Tried", {{"value", GetParam().value}}};
  EXPECT_EQ(TextLine(event),
            std::string("2026-11-25T12:00:00.000001Z INFO Tried value=") + GetParam().text);
  EXPECT_EQ(
      JsonLine(event),
      std::string(R"({"ts":"2026-11-25T12:00:00.000001Z","level":"info","msg":"Tried","value":)") +
          GetParam().json + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LogValueForms,
    ::testing::Values(ValueCase{"Word", "labs/ubuntu", "labs/ubuntu", R"("labs/ubuntu")"},
                      ValueCase{"Empty", "", R"("")", R"("")"},
                      ValueCase{"Blank", "two words", R"("two words")", R"("two words")"},
                      ValueCase{"Quote", R"(a"b)", R"("a\"b")", R"("a\"b")"},
                      ValueCase{"Backslash", R"(a\b)", R"("a\\b")", R"("a\\b")"},
                      ValueCase{"NewLine", "a\nts=1", R"("a\nts=1")", R"("a\nts=1")"},
                      ValueCase{"Escape", "\x1b[31m", R"("\u001b[31m")", R"("\u001b[31m")"},
                      ValueCase{"Umlaut", "Zürich", R"("Zürich")", R"("Zürich")"},
                      ValueCase{"BrokenUtf8", "a\xff", "\"a\xEF\xBF\xBD\"", "\"a\xEF\xBF\xBD\""},
                      ValueCase{"OverlongUtf8", "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"",
                                "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
                      ValueCase{"Integer", -5, "-5", "-5"},
                      ValueCase{"Large", std::uint32_t{4294967295}, "4294967295", "4294967295"},
                      ValueCase{"Fraction", 0.25, "0.25", "0.25"},
                      ValueCase{"NotANumber", std::numeric_limits<double>::quiet_NaN(), "nan",
                                "null"},
                      ValueCase{"Truth", true, "true", "true"},
                      ValueCase{"AnError", NotFound("gone").With("get gallery"),
                                R"("get gallery: gone")", R"("get gallery: gone")"}),
    [](const auto& row) { return row.param.name; });

TEST(Logger, DropsWhatIsBelowItsLevel) {
  const LeapingClock clock(kNoon);
  std::ostringstream out;
  const Logger log(clock, {.level = LogLevel::kWarning}, out);
  log.Debug("Looked");
  log.Info("Reconciled");
  log.Warning("Retried");
  log.Error("Failed");
  EXPECT_EQ(out.str(),
            "2026-11-25T12:00:00.000001Z WARN Retried\n2026-11-25T12:00:00.000001Z ERROR Failed\n");
}

TEST(Logger, PutsTheFieldsOfItsContextFirst) {
  const LeapingClock clock(kNoon);
  std::ostringstream out;
  const Logger log(clock, {}, out);
  log.With({{"kind", "Image"}}).With({{"object", "labs/x"}}).Info("Reconciled", {{"pass", 2}});
  EXPECT_EQ(out.str(),
            "2026-11-25T12:00:00.000001Z INFO Reconciled kind=Image object=labs/x pass=2\n");
}

TEST(Logger, NeverMixesTheLinesOfSeveralThreads) {
  const LeapingClock clock(kNoon);
  std::ostringstream out;
  const Logger log(clock, {}, out);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log] {
        for (int line = 0; line < 200; ++line) log.Info("Reconciled", {{"object", "labs/x"}});
      });
    }
  }
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    ASSERT_EQ(line, "2026-11-25T12:00:00.000001Z INFO Reconciled object=labs/x");
  }
  EXPECT_EQ(count, 800);
}

// The one test class whose subject is that secrets never appear.
class SecretsInTheLog : public ::testing::Test {
 protected:
  std::string Logged(const std::string& value) {
    std::ostringstream out;
    const LeapingClock clock(kNoon);
    for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
      Logger(clock, {.level = LogLevel::kDebug, .format = format}, out)
          .With({{"context", value}})
          .Debug("Sent", {{"value", value}});
    }
    return out.str();
  }
};

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

TEST_F(SecretsInTheLog, DoNotCompileAsAFieldOrInAStream) {
  static_assert(!std::is_constructible_v<LogValue, Secret>);
  static_assert(!std::is_constructible_v<LogValue, const Secret&>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!Streamable<Secret>);
  static_assert(std::is_constructible_v<LogValue, std::string>);
}

TEST_F(SecretsInTheLog, AreNotPrintedByAFailedExpectation) {
  EXPECT_EQ(::testing::PrintToString(Secret("hunter2")), "[secret]");
}

TEST_F(SecretsInTheLog, LeaveUrlsBeforeTheyAreLogged) {
  const std::string log = Logged(RedactUrl(
      "https://user:hunter2@management.azure.com/operations/1?api-version=2023&t=hunter2&s=hunter2"
      "&$skipToken=hunter2&hunter2#hunter2"));
  EXPECT_EQ(log.find("hunter2"), std::string::npos) << log;
  EXPECT_NE(log.find("management.azure.com/operations/1?api-version=2023"), std::string::npos);
}

TEST_F(SecretsInTheLog, LeaveHeadersBeforeTheyAreLogged) {
  for (const char* name : {"Authorization", "authorization", "Cookie", "Set-Cookie", "X-Api-Key",
                           "x-ms-authorization-auxiliary", "Proxy-Authorization"}) {
    EXPECT_EQ(Logged(RedactHeader(name, "hunter2")).find("hunter2"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace labgallery::telemetry
