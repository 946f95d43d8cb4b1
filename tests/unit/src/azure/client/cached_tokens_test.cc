#include "src/azure/client/cached_tokens.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <set>
#include <thread>
#include <vector>

namespace labgallery::azure {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kArm = "https://management.azure.com/";

// Gives token-1, token-2, ... of an hour, unless the test says otherwise.
class Login final : public LoginSource {
 public:
  explicit Login(std::function<Result<AccessToken>(int)>& answer) : answer_(answer) {}
  Result<AccessToken> Token(const std::string& /*audience*/,
                            const std::stop_token& /*stop*/) override {
    const int number = ++count;
    if (answer_) return answer_(number);
    return AccessToken{Secret("token-" + std::to_string(number)), hours(1)};
  }
  static inline std::atomic<int> count;

 private:
  std::function<Result<AccessToken>(int)>& answer_;
};

class CachedTokensTest : public ::testing::Test {
 protected:
  CachedTokensTest() { Login::count = 0; }
  std::string Value(const char* audience = kArm) {
    auto token = tokens_.Token(audience, {});
    return token ? token->value.Reveal() : "error: " + token.error().message;
  }
  static std::string Numbered(int number) { return "token-" + std::to_string(number); }

  LeapingClock clock_{SystemTime(seconds(1000))};
  SeededRandom random_{1};
  std::function<Result<AccessToken>(int)> answer_;
  CachedTokens tokens_{std::make_unique<Login>(answer_), clock_, random_};
};

TEST_F(CachedTokensTest, LogInOnceForEachAudience) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Value(), "token-1");
  EXPECT_EQ(Value("https://graph.microsoft.com"), "token-2");
  EXPECT_EQ(Value(), "token-1");
}

TEST_F(CachedTokensTest, TellOfEachLoginAndOfNoTokenThatIsKept) {
  std::vector<std::string> told;
  CachedTokens tokens(std::make_unique<Login>(answer_), clock_, random_,
                      [&](const std::string& audience, const Result<AccessToken>& token) {
                        told.push_back(audience + (token ? " ok" : " failed"));
                      });
  ASSERT_TRUE(tokens.Token(kArm, {}));
  ASSERT_TRUE(tokens.Token(kArm, {}));
  answer_ = [](int) -> Result<AccessToken> { return NoToken("no"); };
  ASSERT_FALSE(tokens.Token("https://graph.microsoft.com", {}));
  EXPECT_EQ(told, (std::vector<std::string>{std::string(kArm) + " ok",
                                            "https://graph.microsoft.com failed"}));
}

TEST_F(CachedTokensTest, LogInOnceFor64CallersAtTheSameTime) {
  std::latch all_wait(64);
  answer_ = [&](int number) {
    all_wait.wait();  // until every caller has begun
    return AccessToken{Secret(Numbered(number)), hours(1)};
  };
  CachedTokens tokens(std::make_unique<Login>(answer_), clock_, random_);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 64; ++i) {
      callers.emplace_back([&] {
        all_wait.count_down();
        const auto token = tokens.Token(kArm, {});
        if (token && token->value == Secret("token-1")) ++right;
      });
    }
  }
  EXPECT_EQ(Login::count, 1);
  EXPECT_EQ(right, 64);
}

TEST_F(CachedTokensTest, TellOneFailureToAllWhoWait) {
  std::latch all_wait(64);
  answer_ = [&](int) -> Result<AccessToken> {
    all_wait.wait();
    return NoToken("refused");
  };
  // Under a clock that stands, so that a caller who comes late is told what the others were.
  CachedTokens tokens(std::make_unique<Login>(answer_), clock_, random_);
  std::atomic<int> told = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 64; ++i) {
      callers.emplace_back([&] {
        all_wait.count_down();
        const auto token = tokens.Token(kArm, {});
        if (!token && token.error().message == "refused") ++told;
      });
    }
  }
  EXPECT_EQ(Login::count, 1);
  EXPECT_EQ(told, 64);
}

TEST_F(CachedTokensTest, RenewAheadOfTheEndAndNotAllAtTheSameTime) {
  std::set<std::int64_t> renewed;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SeededRandom random(seed);
    Login::count = 0;
    CachedTokens tokens(std::make_unique<Login>(answer_), clock_, random);
    ASSERT_TRUE(tokens.Token(kArm, {}));
    std::int64_t minute = 0;
    while (Login::count == 1) {
      clock_.Advance(minutes(1));
      ++minute;
      ASSERT_TRUE(tokens.Token(kArm, {}));
      ASSERT_LE(minute, 60);
    }
    EXPECT_GE(minute, 49);
    EXPECT_LE(minute, 55);
    renewed.insert(minute);
  }
  EXPECT_GT(renewed.size(), 2U);
}

TEST_F(CachedTokensTest, RenewWhenTheServiceSaysSo) {
  answer_ = [](int number) { return AccessToken{Secret(Numbered(number)), hours(24), hours(12)}; };
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(hours(10));
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(hours(2));
  EXPECT_EQ(Value(), "token-2");
}

TEST_F(CachedTokensTest, KeepTheOldTokenWhileItIsGood) {
  EXPECT_EQ(Value(), "token-1");
  answer_ = [](int) -> Result<AccessToken> { return Unavailable("no answer"); };
  clock_.Advance(minutes(56));
  EXPECT_EQ(Value(), "token-1");
  EXPECT_EQ(Login::count, 2);
  EXPECT_EQ(Value(), "token-1");
  EXPECT_EQ(Login::count, 2) << "the failed renewal is not repeated at once";
  clock_.Advance(seconds(2));
  EXPECT_EQ(Value(), "token-1");
  EXPECT_EQ(Login::count, 3);
  clock_.Advance(minutes(4));
  EXPECT_EQ(Value(), "error: no answer") << "it has expired";
  answer_ = nullptr;
  clock_.Advance(minutes(1));
  EXPECT_EQ(Value(), "token-5");
}

TEST_F(CachedTokensTest, GiveTheOldTokenToOthersWhileOneRenews) {
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(minutes(56));
  answer_ = [this](int number) {
    EXPECT_EQ(Value(), "token-1");
    return AccessToken{Secret(Numbered(number)), hours(1)};
  };
  EXPECT_EQ(Value(), "token-2");
}

TEST_F(CachedTokensTest, DoNotHammerASourceThatRefuses) {
  answer_ = [](int) -> Result<AccessToken> { return NoToken("refused"); };
  for (int second = 0; second < 600; ++second) {
    EXPECT_EQ(Value(), "error: refused");
    clock_.Advance(seconds(1));
  }
  EXPECT_GE(Login::count, 10);
  EXPECT_LE(Login::count, 17);
}

TEST_F(CachedTokensTest, WaitAsLongAsTheSourceAsks) {
  answer_ = [](int) -> Result<AccessToken> {
    Error error = Unavailable("busy");
    error.retry_after = minutes(5);
    return error;
  };
  EXPECT_EQ(Value(), "error: busy");
  answer_ = nullptr;
  clock_.Advance(minutes(4));
  EXPECT_EQ(Value(), "error: busy");
  clock_.Advance(minutes(1));
  EXPECT_EQ(Value(), "token-2");
}

TEST_F(CachedTokensTest, TakeNoNoticeOfACallerThatWasStopped) {
  answer_ = [](int) -> Result<AccessToken> { return Cancelled(); };
  EXPECT_FALSE(tokens_.Token(kArm, {}));
  answer_ = nullptr;
  EXPECT_EQ(Value(), "token-2");
}

TEST_F(CachedTokensTest, LogInOnceMoreAfterARejection) {
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(minutes(10));
  tokens_.Invalidate(kArm, AccessToken{Secret("token-1")});
  EXPECT_EQ(Value(), "token-2");
  tokens_.Invalidate(kArm, AccessToken{Secret("token-1")});
  EXPECT_EQ(Value(), "token-2") << "the rejected one had been replaced";
  EXPECT_EQ(Login::count, 2);
}

TEST_F(CachedTokensTest, DoNotLogInForEveryRejectionOfFreshTokens) {
  for (int i = 0; i < 600; ++i) {
    const auto token = tokens_.Token(kArm, {});
    ASSERT_TRUE(token);
    tokens_.Invalidate(kArm, *token);
    clock_.Advance(std::chrono::milliseconds(100));
  }
  EXPECT_GE(Login::count, 3);
  EXPECT_LE(Login::count, 8);
}

TEST_F(CachedTokensTest, AskOftenWhereNoLifeIsTold) {
  answer_ = [](int number) { return AccessToken{Secret(Numbered(number))}; };
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(minutes(2));
  EXPECT_EQ(Value(), "token-1");
  clock_.Advance(minutes(4));
  EXPECT_EQ(Value(), "token-2");
}

}  // namespace
}  // namespace labgallery::azure
