#include "src/telemetry/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <thread>

namespace labgallery::telemetry {
namespace {

TEST(Metrics, ShowEverySeriesAtZeroOnceItWasAskedFor) {
  Metrics metrics;
  auto& writes = metrics.AddCounter({"writes_total", "Writes sent.", {"kind", "result"}});
  writes.With({"Image", "success"});
  writes.With({"Image", "error"}).Increment();
  metrics.AddGauge({"depth", "Keys that wait.", {}}).With({}).Set(3);
  EXPECT_EQ(metrics.Serialise(),
            "# HELP depth Keys that wait.\n# TYPE depth gauge\ndepth 3\n"
            "# HELP writes_total Writes sent.\n# TYPE writes_total counter\n"
            "writes_total{kind=\"Image\",result=\"error\"} 1\n"
            "writes_total{kind=\"Image\",result=\"success\"} 0\n");
}

TEST(Metrics, CountObservationsInCumulativeBuckets) {
  Metrics metrics;
  Histogram& seconds =
      metrics.AddHistogram({"pass_seconds", "One pass.", {"kind"}}, {0.1, 1}).With({"Image"});
  seconds.Observe(0.05);
  seconds.Observe(0.5);
  EXPECT_EQ(metrics.Serialise(),
            "# HELP pass_seconds One pass.\n# TYPE pass_seconds histogram\n"
            "pass_seconds_count{kind=\"Image\"} 2\npass_seconds_sum{kind=\"Image\"} 0.55\n"
            "pass_seconds_bucket{kind=\"Image\",le=\"0.1\"} 1\n"
            "pass_seconds_bucket{kind=\"Image\",le=\"1\"} 2\n"
            "pass_seconds_bucket{kind=\"Image\",le=\"+Inf\"} 2\n");
}

TEST(Metrics, GiveTheSameSeriesForTheSameLabels) {
  Metrics metrics;
  auto& family = metrics.AddCounter({"a_total", "A.", {"x"}});
  EXPECT_EQ(&family.With({"1"}), &family.With({"1"}));
  EXPECT_NE(&family.With({"1"}), &family.With({"2"}));
  EXPECT_EQ(&family, &metrics.AddCounter({"a_total", "A.", {"x"}}));
}

TEST(Metrics, RefuseDeclarationsThatContradictEachOther) {
  Metrics metrics;
  metrics.AddCounter({"a_total", "A.", {"x"}});
  metrics.AddHistogram({"h", "H.", {}}, {1});
  EXPECT_THROW(metrics.AddCounter({"a_total", "Other help.", {"x"}}), std::logic_error);
  EXPECT_THROW(metrics.AddCounter({"a_total", "A.", {"y"}}), std::logic_error);
  EXPECT_THROW(metrics.AddGauge({"a_total", "A.", {"x"}}), std::logic_error);
  EXPECT_THROW(metrics.AddHistogram({"h", "H.", {}}, {2}), std::logic_error);
  EXPECT_THROW(metrics.AddGauge({"not a name", "A.", {}}), std::logic_error);
  EXPECT_THROW(metrics.AddCounter({"a_total", "A.", {"x"}}).With({"1", "2"}), std::logic_error);
  const auto none = [](std::vector<Samples>&) {};
  EXPECT_THROW(metrics.AddCollector({{{"h", "H.", {}}, FamilyType::kGauge}}, none),
               std::logic_error);
  EXPECT_THROW(metrics.AddCollector({{{"9", "Nine.", {}}, FamilyType::kGauge}}, none),
               std::logic_error);
  metrics.AddCollector({{{"c", "C.", {"x"}}, FamilyType::kGauge}},
                       [](std::vector<Samples>& samples) { samples[0].Add({"1", "2"}, 1); });
  EXPECT_THROW(metrics.AddGauge({"c", "C.", {"x"}}), std::logic_error);
  EXPECT_THROW(metrics.Serialise(), std::logic_error);
}

TEST(Metrics, ComputeCollectedFamiliesAtEachScrape) {
  Metrics metrics;
  double age = 1;
  metrics.AddGauge({"b", "B.", {}}).With({}).Set(1);
  metrics.AddCollector({{{"cpu_seconds_total", "CPU.", {}}, FamilyType::kCounter},
                        {{"age_seconds", "Age.", {"name"}}, FamilyType::kGauge}},
                       [&age](std::vector<Samples>& samples) {
                         samples[0].Add({}, 2.5);
                         samples[1].Add({"a"}, 7);
                         samples[1].Add({"b"}, age);
                       });
  age = 5e-7;
  EXPECT_EQ(
      metrics.Serialise(),
      "# HELP age_seconds Age.\n# TYPE age_seconds gauge\n"
      "age_seconds{name=\"a\"} 7\nage_seconds{name=\"b\"} 5e-07\n"
      "# HELP b B.\n# TYPE b gauge\nb 1\n"
      "# HELP cpu_seconds_total CPU.\n# TYPE cpu_seconds_total counter\ncpu_seconds_total 2.5\n");
}

TEST(Metrics, LeaveOutFamiliesWithoutASeries) {
  Metrics metrics;
  metrics.AddCounter({"a_total", "A.", {"x"}});
  metrics.AddCollector({{{"b", "B.", {"x"}}, FamilyType::kGauge}}, [](std::vector<Samples>&) {});
  EXPECT_EQ(metrics.Serialise(), "");
}

TEST(Metrics, DescribeAllFamiliesByNameAlsoWithoutASeries) {
  Metrics metrics;
  metrics.AddHistogram({"c_seconds", "C.", {"x"}, "one per x"}, {0.5, 1});
  metrics.AddCounter({"a_total", "A.", {}});
  metrics.AddCollector({{{"b", "B.", {"y"}}, FamilyType::kGauge}}, [](std::vector<Samples>&) {});
  const std::vector<FamilyDescription> families = metrics.Describe();
  ASSERT_EQ(families.size(), 3U);
  EXPECT_EQ(families[0].names.name, "a_total");
  EXPECT_EQ(families[0].type, FamilyType::kCounter);
  EXPECT_EQ(families[1].names.labels, std::vector<std::string>{"y"});
  EXPECT_EQ(families[2].names.bound, "one per x");
  EXPECT_EQ(families[2].bounds, (std::vector<double>{0.5, 1}));
}

TEST(Metrics, EscapeHelpTextsAndLabelValues) {
  Metrics metrics;
  metrics.AddGauge({"g", "a\\b\nc", {"x"}}).With({"q\"\n"}).Set(1);
  metrics.AddCollector({{{"h", "a\\b\nc", {"x", "y"}}, FamilyType::kGauge}},
                       [](std::vector<Samples>& samples) { samples[0].Add({"q\"\n", ""}, 1); });
  EXPECT_EQ(metrics.Serialise(),
            "# HELP g a\\\\b\\nc\n# TYPE g gauge\ng{x=\"q\\\"\\n\"} 1\n"
            "# HELP h a\\\\b\\nc\n# TYPE h gauge\nh{x=\"q\\\"\\n\",y=\"\"} 1\n");
}

struct Unusual {
  const char* name;
  double value;
  const char* text;
};

TEST(Metrics, WriteNumbersThatAreNoneAsTheFormatSpellsThem) {
  const Unusual rows[] = {{"nan", std::nan(""), "g NaN\n"},
                          {"infinity", HUGE_VAL, "g +Inf\n"},
                          {"minus infinity", -HUGE_VAL, "g -Inf\n"}};
  const FamilyNames names{"g", "G.", {}};
  for (const Unusual& row : rows) {
    Samples samples(names);
    samples.Add({}, row.value);
    EXPECT_EQ(samples.text(), row.text) << row.name;
  }
}

TEST(Metrics, CountFromManyThreads) {
  Metrics metrics;
  auto& family = metrics.AddCounter({"a_total", "A.", {"x"}});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1000; ++n) family.With({"1"}).Increment();
      });
    }
    metrics.Serialise();
  }
  EXPECT_EQ(family.With({"1"}).Value(), 4000);
}

}  // namespace
}  // namespace labgallery::telemetry
