#include "controller/endpoints/health.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <variant>

#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::endpoints {
namespace {

using runtime::Key;
using runtime::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Error NoAnswer() {
  Error error = Unavailable("no answer");
  error.kind = ErrorKind::kTimeout;
  return error;
}

/// A server that answers the lists it was given, and lets everything else run into its timeout.
class SilentServer final : public http::HttpTransport {
 public:
  explicit SilentServer(Clock& clock) : clock_(clock) {}

  void SetList(const std::string& plural, std::string body) {
    const std::lock_guard lock(mutex_);
    lists_[plural] = std::move(body);
  }

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [plural, body] : lists_) {
        if (request.url.find("/" + plural + "?") != std::string::npos)
          return http::JsonResponse(200, body);
      }
    }
    if (!clock_.Sleep(options.timeout, options.stop)) return Cancelled();
    return NoAnswer();
  }

  Result<http::StreamResponse> Open(const http::Request&,
                                    const http::CallOptions& options) override {
    return http::StreamResponse{
        .status = 200,
        .headers = {},
        .body = [this, silence = options.timeout](
                    const std::stop_token& stop) -> Result<std::optional<std::string>> {
          if (!clock_.Sleep(silence, stop)) return Cancelled();
          return NoAnswer();
        }};
  }

 private:
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::string> lists_;  // guarded by mutex_
};

class HealthTest : public testing::Test {
 protected:
  ~HealthTest() override {
    release_ = true;
    runtime_.Stop();
  }

  http::Response Ask(const std::string& target, http::Method method = http::Method::kGet) {
    return std::get<http::Response>(health_.handler()({.method = method, .url = target}));
  }
  /// Registers and starts; only widgets have a list to be read.
  void Start() {
    runtime_.Register({.watched = runtime::Widgets(),
                       .reconcile = [this](const Key&, const std::stop_token&) -> Outcome {
                         while (hangs_ && !release_) clock_.Sleep(hours(10), {});
                         return runtime::Done{};
                       }});
    runtime_.Register({.watched = {.resource = {"", "v1", "Namespace", "namespaces", false}}});
    transport_.SetList("widgets", runtime::ListOf({{.name = "a"}}, 10));
    health_.Follow(runtime_);
    runtime_.Start();
    clock_.Sleep(seconds(1), {});
  }
  void Sync() {
    transport_.SetList("namespaces", runtime::ListOf({}, 10));
    ASSERT_TRUE(runtime_.WaitUntilSynced(clock_.SteadyNow() + minutes(10), {}));
    clock_.Sleep(seconds(1), {});
  }
  /// Looks as kubelet does, for so long; the last answer.
  http::Response LookFor(Duration duration, const std::string& target) {
    const SteadyTime end = clock_.SteadyNow() + duration;
    http::Response last;
    while (clock_.SteadyNow() < end) {
      last = Ask(target);
      clock_.Sleep(seconds(10), {});
    }
    return last;
  }

  LeapingClock clock_{SystemTime{}};
  Presence here_ = clock_.Enter();
  SeededRandom random_{1};
  SilentServer transport_{clock_};
  runtime::Gate gate_{clock_};
  kube::Client client_{transport_, transport_, clock_, {.origin = "http://server"}};
  runtime::Runtime runtime_{{client_, clock_, random_, gate_},
                            {.workers = 1, .list_watch = {.streaming_list = false}}};
  std::atomic<bool> hangs_ = false;
  std::atomic<bool> release_ = false;
  std::stop_source stop_;
  Health health_{clock_, stop_.get_token()};
};

TEST_F(HealthTest, IsAliveAndNotReadyBeforeThereIsARuntime) {
  EXPECT_EQ(Ask("/livez").status, 200);
  EXPECT_EQ(Ask("/readyz").status, 503);
}

TEST_F(HealthTest, NamesWhatHasNotSyncedAndIsReadyWhenAllHas) {
  Start();
  const http::Response waiting = Ask("/readyz");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_NE(waiting.body.find("[-]caches failed: not synced: namespaces\n"), std::string::npos)
      << waiting.body;
  Sync();
  EXPECT_EQ(Ask("/readyz").body, "ok");
  EXPECT_EQ(Ask("/readyz/caches").body, "ok");
}

TEST_F(HealthTest, IsNotReadyOnceAStopWasAskedFor) {
  Start();
  Sync();
  stop_.request_stop();
  EXPECT_EQ(Ask("/readyz").status, 503);
  EXPECT_EQ(Ask("/livez").status, 200);
}

TEST_F(HealthTest, StaysAliveWhileTheServerDoesNotAnswer) {
  Start();  // namespaces are asked for again and again
  EXPECT_EQ(LookFor(hours(2), "/livez").body, "ok");
}

TEST_F(HealthTest, IsNotAliveWhenItsWorkersHang) {
  hangs_ = true;
  Start();
  Sync();
  EXPECT_EQ(LookFor(minutes(20), "/livez").body, "ok");
  const http::Response hanging = LookFor(minutes(15), "/livez");
  EXPECT_EQ(hanging.status, 503);
  EXPECT_NE(hanging.body.find("[-]workers failed: no worker has begun"), std::string::npos)
      << hanging.body;
  EXPECT_EQ(Ask("/livez?exclude=workers").status, 200);
  EXPECT_EQ(Ask("/livez/watches").status, 200);
}

TEST_F(HealthTest, AnswersHealthzAsLivez) {
  EXPECT_EQ(Ask("/healthz").body, "ok");
  EXPECT_EQ(Ask("/healthz?verbose").body, "[+]workers ok\n[+]watches ok\nhealthz check passed\n");
  EXPECT_EQ(Ask("/healthz/workers").body, "ok");
}

TEST_F(HealthTest, KnowsItsPathsAndMethods) {
  EXPECT_EQ(Ask("/").status, 404);
  EXPECT_EQ(Ask("/livezz").status, 404);
  EXPECT_EQ(Ask("/metrics").status, 404);
  EXPECT_EQ(Ask("/livez", http::Method::kHead).status, 200);
  EXPECT_EQ(Ask("/livez", http::Method::kPost).status, 405);
  EXPECT_EQ(Ask("/livez", http::Method::kPost).headers.Get("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace labgallery::endpoints
