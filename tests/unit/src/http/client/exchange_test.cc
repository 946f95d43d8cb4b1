#include "src/http/client/exchange.h"

#include <gtest/gtest.h>

#include <thread>

namespace labgallery::http {
namespace {

using std::chrono::seconds;

class ExchangeTest : public ::testing::Test {
 protected:
  std::shared_ptr<Exchange> Stream(std::size_t buffer) {
    return std::make_shared<Exchange>(
        clock_, Exchange::Plan{{"http://h"}, Exchange::Delivery::kStream, buffer, seconds(75)});
  }

  std::shared_ptr<LeapingClock> clock_ = std::make_shared<LeapingClock>(SystemTime{});
};

TEST_F(ExchangeTest, HoldsTheSenderBackUntilItsBytesAreRead) {
  const auto exchange = Stream(4);
  int resumed = 0;
  exchange->Began({200, {}});
  EXPECT_EQ(exchange->Bytes("abcd", [] {}), Exchange::Put::kGoOn);
  EXPECT_EQ(exchange->Bytes("e", [&] { ++resumed; }), Exchange::Put::kWait);
  EXPECT_EQ(resumed, 0);
  EXPECT_EQ(exchange->Next({}).value(), "abcde");
  EXPECT_EQ(resumed, 1);
}

TEST_F(ExchangeTest, LetsAHeldBackSenderGoWhenItIsAbandoned) {
  const auto exchange = Stream(1);
  bool cancelled = false;
  bool resumed = false;
  exchange->OnCancel([&] { cancelled = true; });
  exchange->Bytes("abc", [&] {
    EXPECT_TRUE(cancelled);
    resumed = true;
  });
  exchange->Abandon();
  EXPECT_TRUE(resumed);
}

TEST_F(ExchangeTest, HoldsNobodyBackOnceItIsAbandoned) {
  const auto exchange = Stream(1);
  exchange->Began({200, {}});
  exchange->Abandon();
  EXPECT_EQ(exchange->Bytes("abc", [] {}), Exchange::Put::kGoOn);
  EXPECT_EQ(exchange->Bytes("def", [] {}), Exchange::Put::kGoOn);
}

TEST_F(ExchangeTest, CancelsNothingThatHasEnded) {
  const std::vector<std::pair<std::function<void(Exchange&)>, int>> rows = {
      {[](Exchange&) {}, 1},
      {[](Exchange& exchange) { exchange.Bytes("too much", [] {}); }, 1},
      {[](Exchange& exchange) { exchange.Ended(); }, 0},
      {[](Exchange& exchange) { exchange.Failed({104, "reset"}); }, 0}};
  for (const auto& [happen, want] : rows) {
    Exchange exchange(clock_, {{"http://h"}, Exchange::Delivery::kWhole, 4, seconds(1)});
    int cancelled = 0;
    exchange.OnCancel([&cancelled] { ++cancelled; });
    happen(exchange);
    exchange.Abandon();
    EXPECT_EQ(cancelled, want);
  }
}

TEST_F(ExchangeTest, CountsSilenceFromTheLastByte) {
  const auto exchange = Stream(100);
  exchange->Began({200, {}});
  clock_->Advance(seconds(70));
  exchange->Bytes("a", [] {});
  ASSERT_TRUE(exchange->Next({}));
  const SteadyTime before = clock_->SteadyNow();
  exchange->OnCancel([exchange] { exchange->Ended(); });
  const auto late = exchange->Next({});
  EXPECT_EQ(late.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(clock_->SteadyNow() - before, seconds(75));
}

TEST_F(ExchangeTest, DoesNotTakeASlowReaderForASilentServer) {
  const Presence here = clock_->Enter();
  const auto exchange = Stream(1);
  exchange->Began({200, {}});
  exchange->Bytes("abc", [] {});
  clock_->Advance(seconds(1000));
  ASSERT_EQ(exchange->Next({}).value(), "abc");
  std::jthread server([&, there = clock_->Enter()] {
    clock_->Sleep(seconds(60), {});
    exchange->Bytes("d", [] {});
  });
  EXPECT_EQ(exchange->Next({}).value(), "d");
}

TEST_F(ExchangeTest, DeliversWhatCameBeforeAFailure) {
  const auto exchange = Stream(100);
  exchange->Began({200, {}});
  exchange->Bytes("abc", [] {});
  exchange->Failed({104, "reset"});
  EXPECT_EQ(exchange->Next({}).value(), "abc");
  EXPECT_EQ(exchange->Next({}).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(exchange->Next({}).error().kind, ErrorKind::kUnavailable);
}

struct GiveUpCase {
  const char* name;
  bool sent_before;  // the library has said that the head went out
  bool reports;      // it reports an end after the connection was closed
  bool sent_late;    // and says before it that the head had gone out
  ErrorKind want;
};

class ExchangeDeadline : public ::testing::TestWithParam<GiveUpCase> {};

TEST_P(ExchangeDeadline, IsUnavailableOnlyIfNothingCanHaveBeenSent) {
  const GiveUpCase& row = GetParam();
  const auto clock = std::make_shared<LeapingClock>(SystemTime{});
  Exchange exchange(clock, {{"http://h"}, Exchange::Delivery::kWhole, 100, seconds(1)});
  if (row.sent_before) exchange.Sent();
  exchange.OnCancel([&] {
    if (row.sent_late) exchange.Sent();
    if (row.reports) exchange.Failed({125, "cancelled"});
  });
  EXPECT_EQ(exchange.AwaitHead({}).error().kind, row.want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ExchangeDeadline,
    ::testing::Values(GiveUpCase{"Connecting", false, true, false, ErrorKind::kUnavailable},
                      GiveUpCase{"Sent", true, true, false, ErrorKind::kTimeout},
                      GiveUpCase{"SentAtTheLastMoment", false, true, true, ErrorKind::kTimeout},
                      GiveUpCase{"NobodyKnows", false, false, false, ErrorKind::kTimeout}),
    [](const auto& row) { return row.param.name; });

// Without an error for the sender, which would wait for itself in its only thread.
TEST_F(ExchangeTest, HoldsABodyBeyondTheLimitBackUntilItIsAbandoned) {
  Exchange exchange(clock_, {{"http://h"}, Exchange::Delivery::kWhole, 4, seconds(1)});
  bool resumed = false;
  exchange.Began({200, {}});
  EXPECT_EQ(exchange.Bytes("abcd", [] {}), Exchange::Put::kGoOn);
  EXPECT_EQ(exchange.Bytes("e", [&] { resumed = true; }), Exchange::Put::kWait);
  EXPECT_EQ(exchange.AwaitBody({}).error().kind, ErrorKind::kProtocol);
  EXPECT_FALSE(resumed);
  exchange.Abandon();
  EXPECT_TRUE(resumed);
  EXPECT_EQ(exchange.Bytes("f", [] {}), Exchange::Put::kGoOn);
}

}  // namespace
}  // namespace labgallery::http
