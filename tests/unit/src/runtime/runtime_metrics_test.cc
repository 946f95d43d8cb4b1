#include "src/runtime/runtime_metrics.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/unit/src/runtime/fed_transport.h"
#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {
namespace {

using std::chrono::hours;

class RuntimeMetricsTest : public testing::Test {
 protected:
  ~RuntimeMetricsTest() override {
    if (runtime) runtime->Stop();
  }

  RuntimeOptions Options() {
    RuntimeOptions options{.workers = 3, .list_watch = {.streaming_list = false}};
    counts.Hook(options);
    return options;
  }
  /// Runs one pass over the widget "a", with `pass` as its reconciler.
  void Run(Reconciler pass) {
    runtime.emplace(Runtime::Parts{client, clock, random, gate}, Options());
    runtime->Register({.watched = Widgets(), .reconcile = std::move(pass)});
    runtime->Register({.watched = {.resource = {"", "v1", "Namespace", "namespaces", false}}});
    counts.Follow(*runtime);
    transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
    transport.SetList("namespaces", ListOf({}, 10));
    runtime->Start();
    ASSERT_TRUE(runtime->WaitUntilIdle(clock.SteadyNow() + std::chrono::seconds(1), {}).idle);
  }
  /// The value of the series, as it is written.
  std::string Value(const std::string& series) const {
    const std::string text = metrics.Serialise();
    const auto at = text.find("\n" + series + " ");
    if (at == std::string::npos) return "none in:\n" + text;
    const auto begin = at + series.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  FedTransport transport{clock};
  Gate gate{clock};
  kube::Client client{transport, transport, clock, {.origin = "http://server"}};
  telemetry::Metrics metrics;
  RuntimeMetrics counts{metrics};
  std::optional<Runtime> runtime;
};

struct Row {
  const char* name;
  Outcome outcome;
  bool throws = false;
  const char* result;     // label of the one that is 1 at least
  bool error = false;     // counted as one
  const char* also = "";  // a series that counts it, too
};

class RuntimeMetricsResults : public RuntimeMetricsTest, public testing::WithParamInterface<Row> {};

TEST_P(RuntimeMetricsResults, CountEachPassByItsResult) {
  const Row& row = GetParam();
  bool first = true;
  Run([&](const Key&, const std::stop_token&) -> Outcome {
    if (!std::exchange(first, false)) return After{hours(1)};
    if (row.throws) throw std::runtime_error("broken");
    return row.outcome;
  });
  const std::string total = R"(controller_runtime_reconcile_total{controller="widget",result=")";
  EXPECT_NE(Value(total + row.result + "\"}"), "0");
  EXPECT_EQ(Value(total + "requeue\"}"), "0");
  EXPECT_EQ(Value(total + "error\"}"), row.error ? "1" : "0");
  EXPECT_EQ(Value(R"(controller_runtime_reconcile_errors_total{controller="widget"})"),
            row.error ? "1" : "0");
  if (*row.also != '\0') {
    EXPECT_EQ(Value(row.also), "1");
  }
  EXPECT_NE(Value(R"(controller_runtime_reconcile_time_seconds_count{controller="widget"})"), "0");
}

INSTANTIATE_TEST_SUITE_P(
    All, RuntimeMetricsResults,
    testing::Values(
        Row{"Success", Done{}, false, "success"},
        Row{"After", After{hours(1)}, false, "requeue_after"},
        Row{"Backoff", Backoff{Unavailable("no")}, false, "error", true,
            R"(workqueue_retries_total{name="widget",controller="widget"})"},
        Row{"Terminal", Terminal{InvalidInput("no")}, false, "error", true,
            R"(controller_runtime_terminal_reconcile_errors_total{controller="widget"})"},
        Row{"Exception", Done{}, true, "error", true,
            R"(controller_runtime_reconcile_panics_total{controller="widget"})"}),
    [](const auto& row) { return row.param.name; });

using RuntimeMetricsWhole = RuntimeMetricsTest;

TEST_F(RuntimeMetricsWhole, ShowTheQueueUnderTheNamesOfClientGo) {
  Run([](const Key&, const std::stop_token&) -> Outcome { return After{hours(1)}; });
  const std::string labels = R"({name="widget",controller="widget")";
  EXPECT_EQ(Value("workqueue_depth" + labels + R"(,priority="0"})"), "0");
  EXPECT_EQ(Value("workqueue_depth" + labels + R"(,priority="-100"})"), "0");
  EXPECT_EQ(Value("workqueue_adds_total" + labels + "}"), "1");
  EXPECT_EQ(Value("workqueue_unfinished_work_seconds" + labels + "}"), "0");
  EXPECT_EQ(Value("workqueue_longest_running_processor_seconds" + labels + "}"), "0");
  EXPECT_EQ(Value(R"(workqueue_queue_duration_seconds_count{controller="widget",name="widget"})"),
            "1");
  EXPECT_EQ(Value(R"(workqueue_work_duration_seconds_count{controller="widget",name="widget"})"),
            "1");
  EXPECT_EQ(Value(R"(controller_runtime_max_concurrent_reconciles{controller="widget"})"), "3");
  EXPECT_EQ(Value(R"(controller_runtime_active_workers{controller="widget"})"), "0");
  EXPECT_EQ(Value(R"(labgallery_workqueue_delayed{controller="widget"})"), "1");
}

TEST_F(RuntimeMetricsWhole, ShowWhatIsFollowedAlsoWhereNothingIsReconciled) {
  Run([](const Key&, const std::stop_token&) -> Outcome { return After{hours(1)}; });
  EXPECT_EQ(Value(R"(labgallery_watch_lists_total{kind="Widget"})"), "1");
  EXPECT_EQ(Value(R"(labgallery_watch_lists_total{kind="Namespace"})"), "1");
  EXPECT_EQ(Value(R"(labgallery_store_objects{kind="Widget"})"), "1");
  EXPECT_EQ(Value("labgallery_store_stale_total"), "0");
  EXPECT_EQ(metrics.Serialise().find(R"(controller="namespace")"), std::string::npos);
}

TEST_F(RuntimeMetricsWhole, CountLostEvents) {
  RuntimeOptions options = Options();
  Run([](const Key&, const std::stop_token&) -> Outcome { return After{hours(1)}; });
  EXPECT_EQ(Value(R"(labgallery_events_lost_total{kind="Widget"})"), "0");
  options.observer.on_event_lost("Widget");
  EXPECT_EQ(Value(R"(labgallery_events_lost_total{kind="Widget"})"), "1");
}

TEST_F(RuntimeMetricsWhole, CallTheHooksThatAreThereAlready) {
  int passes = 0;
  RuntimeOptions options;
  options.observer.on_pass = [&](const Key&, PassResult, Duration, const Error*) { ++passes; };
  counts.Hook(options);
  options.observer.on_pass({}, PassResult::kDone, Duration(1), nullptr);
  EXPECT_EQ(passes, 1);
}

TEST_F(RuntimeMetricsWhole, ShowLeadershipFromTheFirstNewsOn) {
  RuntimeOptions options;
  counts.Hook(options);
  EXPECT_EQ(metrics.Serialise().find("leader_election"), std::string::npos);
  options.observer.on_leadership("labgallery", false);
  EXPECT_EQ(Value(R"(leader_election_master_status{name="labgallery"})"), "0");
  EXPECT_EQ(Value(R"(leader_election_slowpath_total{name="labgallery"})"), "0");
  options.observer.on_leadership("labgallery", true);
  options.observer.on_lease_slow_path("labgallery");
  options.observer.on_overlap(2);
  EXPECT_EQ(Value(R"(leader_election_master_status{name="labgallery"})"), "1");
  EXPECT_EQ(Value(R"(leader_election_slowpath_total{name="labgallery"})"), "1");
  EXPECT_EQ(Value("labgallery_overlapping_namespaces"), "2");
}

}  // namespace
}  // namespace labgallery::runtime
