// What the library may do at the same time, and what it lets go of.
#include "src/http/client/connection.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// Tells of each report of an exchange, on the thread that reports.
class OverheardClock final : public Clock {
 public:
  explicit OverheardClock(std::function<void()> on_report) : on_report_(std::move(on_report)) {}

  SystemTime Now() const override { return real_.Now(); }
  SteadyTime SteadyNow() const override { return real_.SteadyNow(); }
  void Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
            const std::stop_token& stop) override {
    real_.Wait(lock, signal, deadline, stop);
  }
  void Notify(Signal& signal) override {
    on_report_();
    real_.Notify(signal);
  }

 private:
  RealClock real_;
  std::function<void()> on_report_;
};

Exchange::Plan Plan(Exchange::Delivery delivery, std::size_t limit) {
  return {.to = {"http://h"}, .delivery = delivery, .body_limit = limit, .timeout = seconds(60)};
}

void Start(const RawServer& server, const std::shared_ptr<Exchange>& exchange) {
  const auto url = ParseUrl(server.Url("/"));
  Connection connection(*url, {});
  ASSERT_TRUE(connection.Start({Method::kGet, server.Url("/"), {}, ""}, *url, exchange));
}

bool Comes(std::promise<void>& what) {
  return what.get_future().wait_for(seconds(60)) == std::future_status::ready;
}

TEST(Connection, IsServedByOneThreadHoweverManyThereAre) {
  constexpr int kStreams = 20;
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kChunked);
    for (int i = 0; i < 50; ++i) socket.Send("1\r\nx\r\n");
    socket.Send("0\r\n\r\n");
  });
  std::mutex mutex;
  std::set<std::thread::id> reporters;
  const auto clock = std::make_shared<OverheardClock>([&] {
    const std::lock_guard guard(mutex);
    reporters.insert(std::this_thread::get_id());
  });
  std::vector<std::shared_ptr<Exchange>> streams;
  for (int i = 0; i < kStreams; ++i) {
    streams.push_back(
        std::make_shared<Exchange>(clock, Plan(Exchange::Delivery::kStream, 1'000'000)));
    Start(server, streams.back());
  }
  for (const auto& stream : streams) {
    while (stream->Next({}).value()) {
    }
  }
  const std::lock_guard guard(mutex);
  EXPECT_EQ(reporters.size(), 1U);
}

TEST(Connection, IsNotClosedBesideAStepThatIsUnderWay) {
  std::promise<void> asked;
  std::promise<void> closed;
  const RawServer quiet([&](RawSocket& socket, int) {
    socket.ReadRequest();
    asked.set_value();
    socket.AwaitClose();
    closed.set_value();
  });
  const RawServer answering([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(Answer(200, "x"));
  });
  const auto plan = Plan(Exchange::Delivery::kWhole, 100);
  const auto cancelled = std::make_shared<Exchange>(std::make_shared<RealClock>(), plan);
  Start(quiet, cancelled);
  ASSERT_TRUE(Comes(asked));

  std::promise<void> in_a_step;
  std::promise<void> go_on;
  const auto slow = std::make_shared<Exchange>(std::make_shared<OverheardClock>([&] {
                                                 in_a_step.set_value();
                                                 go_on.get_future().wait();
                                               }),
                                               plan);
  Start(answering, slow);
  ASSERT_TRUE(Comes(in_a_step));
  cancelled->Abandon();
  auto closing = closed.get_future();
  EXPECT_EQ(closing.wait_for(milliseconds(50)), std::future_status::timeout);
  go_on.set_value();
  EXPECT_EQ(closing.wait_for(seconds(60)), std::future_status::ready);
  EXPECT_EQ(slow->AwaitBody({}).value(), "x");
}

struct AbandonCase {
  const char* name;
  Exchange::Delivery delivery;
  std::string sent;
  int reports;  // that the caller waits for before it goes
};

class AbandonedExchanges : public ::testing::TestWithParam<AbandonCase> {};

TEST_P(AbandonedExchanges, AreLetGo) {
  std::promise<void> sent;
  std::promise<void> closed;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(GetParam().sent);
    sent.set_value();
    socket.AwaitClose();
    closed.set_value();
  });
  std::promise<void> reported;
  std::promise<void> gone;
  std::atomic<int> reports = 0;
  const auto clock = std::make_shared<OverheardClock>([&] {
    if (++reports == GetParam().reports) reported.set_value();
  });
  std::shared_ptr<Exchange> exchange(new Exchange(clock, Plan(GetParam().delivery, 2)),
                                     [&](const Exchange* last) {
                                       delete last;
                                       gone.set_value();
                                     });
  Start(server, exchange);
  ASSERT_TRUE(Comes(sent));
  if (GetParam().reports > 0) {
    ASSERT_TRUE(Comes(reported));
  }
  exchange->Abandon();
  exchange.reset();
  EXPECT_TRUE(Comes(closed));
  EXPECT_TRUE(Comes(gone));
}

constexpr auto kWhole = Exchange::Delivery::kWhole;
constexpr auto kStream = Exchange::Delivery::kStream;

INSTANTIATE_TEST_SUITE_P(
    Rows, AbandonedExchanges,
    ::testing::Values(AbandonCase{"Silent", kWhole, "", 0},
                      AbandonCase{"InTheHead", kWhole, "HTTP/1.1 200 OK\r\nConte", 0},
                      AbandonCase{"InTheBody", kWhole,
                                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", 0},
                      AbandonCase{"TooLong", kWhole, Answer(200, "abc"), 1},
                      AbandonCase{"TooLongAndMoreOfIt", kWhole,
                                  std::string(kChunked) + "3\r\nabc\r\n1\r\nd\r\n1\r\ne\r\n", 1},
                      AbandonCase{"Waiting", kStream, std::string(kChunked), 1},
                      AbandonCase{"HeldBack", kStream, std::string(kChunked) + "3\r\nabc\r\n", 2},
                      AbandonCase{"HeldBackAndMoreHasCome", kStream,
                                  std::string(kChunked) + "3\r\nabc\r\n1\r\nd\r\n1\r\ne\r\n", 2}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::http
