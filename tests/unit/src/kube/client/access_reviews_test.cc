#include "src/kube/client/access_reviews.h"

#include <gtest/gtest.h>

#include <string>

#include "src/json/parse.h"
#include "tests/unit/src/kube/client/scripted_transport.h"

namespace labgallery::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Secret kToken("token-of-ann");
const PathAccess kMetrics{"get", "/metrics"};
const AccessDecision kAllowed{Access::kAllowed, "ann"};
const AccessDecision kForbidden{Access::kForbidden, "ann"};
const AccessDecision kUnauthenticated{Access::kUnauthenticated, ""};

class AccessReviewsTest : public testing::Test {
 protected:
  void AnswerKnown() {
    transport_.Answer(201, R"({"spec":{"token":"token-of-ann"},"status":{"authenticated":true,
                              "user":{"username":"ann","groups":["g"]}}})");
  }
  void AnswerStranger() { transport_.Answer(201, R"({"status":{"error":"who is that"}})"); }
  void AnswerMay(bool allowed) {
    transport_.Answer(
        201, std::string(R"({"status":{"allowed":)") + (allowed ? "true" : "false") + "}}");
  }
  Result<AccessDecision> Ask(const Secret& token = kToken, const PathAccess& access = kMetrics) {
    return reviews_.Ask(token, access, {});
  }
  std::size_t asked() const { return transport_.requests().size(); }

  LeapingClock clock_{SystemTime{}};
  Presence here_ = clock_.Enter();
  ScriptedTransport transport_;
  Client client_{transport_, transport_, clock_, {.origin = "http://server"}};
  AccessReviews reviews_{client_, clock_};
};

TEST_F(AccessReviewsTest, AskWhoseTheTokenIsAndThenWhetherHeMay) {
  AnswerKnown();
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
  ASSERT_EQ(asked(), 2U);
  const auto& [whose, may] = std::tie(transport_.requests()[0], transport_.requests()[1]);
  EXPECT_EQ(whose.url, "http://server/apis/authentication.k8s.io/v1/tokenreviews");
  EXPECT_NE(whose.body.find("token-of-ann"), std::string::npos);
  EXPECT_EQ(may.url, "http://server/apis/authorization.k8s.io/v1/subjectaccessreviews");
  EXPECT_EQ(may.body.find("token-of-ann"), std::string::npos);
  EXPECT_EQ(json::Parse(may.body)->At({"spec", "nonResourceAttributes"})->Text({"path"}),
            "/metrics");
}

TEST_F(AccessReviewsTest, TellAForbiddenOneFromAStranger) {
  AnswerKnown();
  AnswerMay(false);
  EXPECT_EQ(Ask(), kForbidden);
  AnswerStranger();
  EXPECT_EQ(Ask(Secret("other")), kUnauthenticated);
  EXPECT_EQ(asked(), 3U);
}

TEST_F(AccessReviewsTest, RememberWhatIsAllowedForAMinute) {
  AnswerKnown();
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
  clock_.Advance(seconds(59));
  EXPECT_EQ(Ask(), kAllowed);
  EXPECT_EQ(asked(), 2U);
  clock_.Advance(seconds(1));
  AnswerKnown();
  AnswerMay(false);
  EXPECT_EQ(Ask(), kForbidden);
}

TEST_F(AccessReviewsTest, RememberRefusalsForHalfAMinute) {
  AnswerKnown();
  AnswerMay(false);
  EXPECT_EQ(Ask(), kForbidden);
  AnswerStranger();
  EXPECT_EQ(Ask(Secret("other")), kUnauthenticated);
  clock_.Advance(seconds(29));
  EXPECT_EQ(Ask(), kForbidden);
  EXPECT_EQ(Ask(Secret("other")), kUnauthenticated);
  EXPECT_EQ(asked(), 3U);
  clock_.Advance(seconds(1));
  AnswerKnown();
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
}

TEST_F(AccessReviewsTest, AskAnewForAnotherPathOrVerb) {
  for (const PathAccess& access : {kMetrics, PathAccess{"get", "/"}, PathAccess{"put", "/"}}) {
    AnswerKnown();
    AnswerMay(true);
    EXPECT_EQ(Ask(kToken, access), kAllowed);
  }
  EXPECT_EQ(asked(), 6U);
}

TEST_F(AccessReviewsTest, AreNotPushedOutByManyWrongTokens) {
  AnswerKnown();
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
  // With so much of its minute gone it would be the first to end.
  clock_.Advance(seconds(40));
  const std::size_t many = AccessReviewOptions().most + 10;
  for (std::size_t i = 0; i < many; ++i) {
    AnswerStranger();
    EXPECT_EQ(Ask(Secret("wrong-" + std::to_string(i))), kUnauthenticated);
    clock_.Advance(milliseconds(100));
  }
  EXPECT_EQ(Ask(), kAllowed);
  // The first of the wrong ones has been forgotten, the last has not.
  EXPECT_EQ(Ask(Secret("wrong-" + std::to_string(many - 1))), kUnauthenticated);
  EXPECT_EQ(transport_.left(), 0U);
  AnswerStranger();
  EXPECT_EQ(Ask(Secret("wrong-0")), kUnauthenticated);
  EXPECT_EQ(transport_.left(), 0U);
}

struct FailureRow {
  const char* name;
  int status;  // 0: no connection; -1: no answer in time
  ErrorKind kind;
  std::size_t tries;
};

class AccessReviewFailures : public AccessReviewsTest,
                             public testing::WithParamInterface<FailureRow> {};

TEST_P(AccessReviewFailures, AreNoAnswerAndAreNotRemembered) {
  const FailureRow& row = GetParam();
  for (std::size_t i = 0; i < row.tries; ++i) {
    if (row.status > 0) {
      transport_.Answer(row.status, R"({"kind":"Status","message":"no","code":)" +
                                        std::to_string(row.status) + "}");
    } else {
      Error error = Unavailable("no connection");
      if (row.status < 0) error.kind = ErrorKind::kTimeout;
      transport_.Fail(error);
    }
  }
  const SteadyTime before = clock_.SteadyNow();
  const auto decision = Ask();
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().kind, row.kind);
  EXPECT_EQ(decision.error().ToString().find("token-of"), std::string::npos);
  EXPECT_NE(decision.error().ToString().find("tokenreviews"), std::string::npos);
  EXPECT_EQ(clock_.SteadyNow() - before, (row.tries - 1) * milliseconds(500));
  AnswerKnown();
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
  EXPECT_EQ(transport_.left(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    All, AccessReviewFailures,
    testing::Values(FailureRow{"NoConnection", 0, ErrorKind::kUnavailable, 3},
                    FailureRow{"NoAnswer", -1, ErrorKind::kTimeout, 1},
                    FailureRow{"ServerFails", 500, ErrorKind::kUnavailable, 3},
                    FailureRow{"ServerIsBusy", 429, ErrorKind::kThrottled, 3},
                    FailureRow{"ServerHasNoReviews", 404, ErrorKind::kUnavailable, 3},
                    FailureRow{"MayNotAsk", 403, ErrorKind::kForbidden, 1},
                    FailureRow{"IsNotKnownItself", 401, ErrorKind::kUnauthenticated, 1}),
    [](const auto& row) { return row.param.name; });

TEST_F(AccessReviewsTest, GoOnWhereAConnectionBroke) {
  transport_.Fail(Unavailable("the server has closed it"));
  AnswerKnown();
  transport_.Answer(503, "{}");
  AnswerMay(true);
  EXPECT_EQ(Ask(), kAllowed);
}

TEST_F(AccessReviewsTest, DoNotShowTheTokenOfAnAnswerThatIsNone) {
  transport_.Answer(201, R"({"spec":{"token":"token-of-ann)");
  const auto decision = Ask();
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(decision.error().ToString().find("token-of"), std::string::npos);
}

TEST_F(AccessReviewsTest, EndWithTheirStop) {
  std::stop_source stop;
  stop.request_stop();
  const auto decision = reviews_.Ask(kToken, kMetrics, stop.get_token());
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace labgallery::kube
