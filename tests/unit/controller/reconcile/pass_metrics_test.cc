#include "controller/reconcile/pass_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::reconcile {
namespace {

testing::AssertionResult Shows(const telemetry::Metrics& metrics, const std::string& line) {
  const std::string text = metrics.Serialise();
  if (text.find("\n" + line + "\n") != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no line " << line << " in\n" << text;
}

TEST(PassMetrics, StartAtZeroWhereAnAlertWantsToSeeTheFirst) {
  telemetry::Metrics metrics;
  const PassMetrics passes(metrics);
  EXPECT_TRUE(Shows(metrics, R"(labgallery_drift_repairs_total{kind="Image"} 0)"));
  EXPECT_TRUE(Shows(metrics, R"(labgallery_time_to_ready_seconds_count{kind="LabAccount"} 0)"));
}

TEST(PassMetrics, CountWhatAPassCameTo) {
  telemetry::Metrics metrics;
  PassMetrics passes(metrics);
  PassReport report{.key = {kImages, {"labs", "a"}}, .rule = "WritePart"};
  passes.Note(report);
  report.put_back = true;
  report.became_ready = std::chrono::seconds(90);
  passes.Note(report);
  passes.Note({.key = {kLabAccounts, {"labs", "b"}}, .error = azure::ErrorClass::kLocked});
  for (const char* line : {
           R"(labgallery_passes_total{kind="Image",rule="WritePart"} 2)",
           R"(labgallery_passes_total{kind="LabAccount",rule="none"} 1)",
           R"(labgallery_drift_repairs_total{kind="Image"} 1)",
           R"(labgallery_time_to_ready_seconds_bucket{kind="Image",le="60"} 0)",
           R"(labgallery_time_to_ready_seconds_bucket{kind="Image",le="120"} 1)",
           R"(labgallery_time_to_ready_seconds_sum{kind="Image"} 90)",
       }) {
    EXPECT_TRUE(Shows(metrics, line));
  }
  const std::string locked(azure::Label(azure::ErrorClass::kLocked));
  EXPECT_TRUE(Shows(
      metrics, R"(labgallery_pass_errors_total{class=")" + locked + R"(",kind="LabAccount"} 1)"));
}

}  // namespace
}  // namespace labgallery::reconcile
