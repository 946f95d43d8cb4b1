#include "src/azure/model/error_class.h"

#include <gtest/gtest.h>

namespace labgallery::azure {
namespace {

using enum ErrorClass;

Error Refusal(int status, std::string code, std::string message = "") {
  Error error;
  error.kind = status == 0     ? ErrorKind::kUnavailable
               : status == 404 ? ErrorKind::kNotFound
               : status == 429 ? ErrorKind::kThrottled
               : status >= 500 ? ErrorKind::kUnavailable
               : status == 409 ? ErrorKind::kConflict
               : status == 412 ? ErrorKind::kConflict
                               : ErrorKind::kInvalidInput;
  error.http_status = status;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

ErrorTable Plain() { return {{}, {{kPolicyDenied, "PolicyDenied"}}, "AzureError"}; }

struct Row {
  const char* name;
  int status;
  ErrorClass verdict;
  RetryMode retry;
};

class UnknownCode : public ::testing::TestWithParam<Row> {};

TEST_P(UnknownCode, IsTakenForWhatHttpSays) {
  const Row& row = GetParam();
  const Error error = Refusal(row.status, "SomethingNew");
  EXPECT_EQ(Label(Plain().Classify(error)), Label(row.verdict));
  EXPECT_EQ(RetryFor(error, Plain()), row.retry);
  EXPECT_EQ(MetricLabelFor(error, Plain()), Label(row.verdict));
}

constexpr auto kSlow = RetryMode::kSlow;
constexpr auto kBackoff = RetryMode::kBackoff;

INSTANTIATE_TEST_SUITE_P(ErrorTable, UnknownCode,
                         ::testing::Values(Row{"Of400", 400, kRefusedByService, kSlow},
                                           Row{"Of404", 404, kAbsent, kBackoff},
                                           Row{"Of409", 409, kBusy, kBackoff},
                                           Row{"Of412", 412, kRaced, RetryMode::kNow},
                                           Row{"Of429", 429, kThrottled, kBackoff},
                                           Row{"Of503", 503, kTransient, kBackoff},
                                           Row{"OfAFailedOperation", 0, kTransient, kBackoff}),
                         [](const auto& row) { return row.param.name; });

struct KindRow {
  const char* name;
  Error error;
  ErrorClass verdict;
  RetryMode retry;
};

class OwnError : public ::testing::TestWithParam<KindRow> {};

TEST_P(OwnError, IsClassifiedByItsKind) {
  EXPECT_EQ(Label(Plain().Classify(GetParam().error)), Label(GetParam().verdict));
  EXPECT_EQ(RetryFor(GetParam().error, Plain()), GetParam().retry);
}

Error Timeout() {
  Error error;
  error.kind = ErrorKind::kTimeout;
  return error;
}

INSTANTIATE_TEST_SUITE_P(
    ErrorTable, OwnError,
    ::testing::Values(KindRow{"OurValidationWaitsForTheSpec", InvalidInput("bad"), kSpecRefused,
                              RetryMode::kWaitForSpec},
                      KindRow{"ConnectionFailed", Unavailable("down"), kTransient,
                              RetryMode::kBackoff},
                      KindRow{"NoAnswer", Timeout(), kMaybeApplied, RetryMode::kBackoff},
                      KindRow{"Stopped", Cancelled(), kCancelled, RetryMode::kNow},
                      KindRow{"Nonsense", ProtocolError("x"), kUnintelligible, RetryMode::kBackoff},
                      KindRow{"Bug", InternalError("x"), kBug, RetryMode::kSlow}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorTable, TakesTheFirstRowThatApplies) {
  const ErrorTable table(
      {{.code = "ResourceNotFound", .substring = "source", .verdict = kSourceMissing},
       {.code = "resourcenotfound", .verdict = kAbsent},
       {.code = "X", .status = 409, .verdict = kLocked}},
      {}, "AzureError");
  EXPECT_EQ(table.Classify(Refusal(404, "ResourceNotFound", "The Source image")), kSourceMissing);
  EXPECT_EQ(table.Classify(Refusal(404, "ResourceNotFound", "other")), kAbsent);
  EXPECT_EQ(table.Classify(Refusal(409, "X")), kLocked);
  EXPECT_EQ(table.Classify(Refusal(400, "X")), kRefusedByService);
}

TEST(ErrorTable, TakesReasonsFromTheDomain) {
  const ErrorTable table({{.code = "X", .verdict = kPolicyDenied, .reason = "Special"},
                          {.code = "Policy", .verdict = kPolicyDenied}},
                         {{kPolicyDenied, "PolicyDenied"}}, "AzureError");
  EXPECT_EQ(ReasonFor(Refusal(403, "Policy"), table), "PolicyDenied");
  EXPECT_EQ(ReasonFor(Refusal(400, "X"), table), "Special");
  EXPECT_EQ(ReasonFor(Refusal(500, ""), table), "AzureError");
}

}  // namespace
}  // namespace labgallery::azure
