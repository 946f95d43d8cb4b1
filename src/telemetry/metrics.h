// The metric registry: families with a name, a help text and label names, series that are made once
// at start and kept by reference, and families that are computed while being scraped. It renders
// the Prometheus text format; who may read it, and over which port, is decided by the endpoint that
// serves it.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace labgallery::telemetry {

/// Of what Metrics::Serialise returns.
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Thread-safe; only grows.
class Counter {
 public:
  explicit Counter(prometheus::Counter& series) : series_(series) {}
  /// A negative `by` is ignored.
  void Increment(double by = 1);
  double Value() const;

 private:
  prometheus::Counter& series_;
};

/// Thread-safe.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& series) : series_(series) {}
  void Set(double value);
  void Add(double by);
  double Value() const;

 private:
  prometheus::Gauge& series_;
};

/// Thread-safe; costs a mutex.
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& series) : series_(series) {}
  void Observe(double value);

 private:
  prometheus::Histogram& series_;
};

struct FamilyNames {
  std::string name;
  std::string help;
  std::vector<std::string> labels;
  std::string bound = {};  // what keeps the number of series small, for docs/metrics.md
};

/// The series of one family, one for each combination of label values.
template <typename Series>
class Family {
 public:
  /// Thread-safe. The series with these values, in the order of the label names; made at zero when
  /// it is asked for first, and there as long as the Metrics. Look it up once, not on the hot path.
  /// Throws std::logic_error when the number of values is not that of the names.
  Series& With(const std::vector<std::string>& values) { return *make_(values); }

  explicit Family(std::function<Series*(const std::vector<std::string>&)> make)
      : make_(std::move(make)) {}

 private:
  std::function<Series*(const std::vector<std::string>&)> make_;
};

enum class FamilyType { kCounter, kGauge, kHistogram };

/// What is known of a family without its series.
struct FamilyDescription {
  FamilyNames names;
  FamilyType type = FamilyType::kGauge;
  std::vector<double> bounds = {};  // of a histogram's buckets
};

/// The series of a family that is computed while being scraped. They go straight into the text, so
/// that one for each of many objects costs no more than its line.
class Samples {
 public:
  explicit Samples(const FamilyNames& names) : names_(names) {}
  /// `values` in the order of the label names, each combination once. Throws std::logic_error when
  /// their number is not that of the names.
  void Add(std::initializer_list<std::string_view> values, double value);
  const std::string& text() const { return text_; }
  std::string TakeText() && { return std::move(text_); }

 private:
  const FamilyNames& names_;
  std::string text_;
};

/// Thread-safe. Declaring a name again with the same help, labels and kind gives the same family;
/// with others, or with an illegal name, it throws std::logic_error: that is a bug.
class Metrics {
 public:
  /// Gets one Samples for each declared family, in their order.
  using Collector = std::function<void(std::vector<Samples>&)>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Family<Counter>& AddCounter(const FamilyNames& names);
  Family<Gauge>& AddGauge(const FamilyNames& names);
  /// `bounds` are the upper bounds of the buckets, ascending, without infinity.
  Family<Histogram>& AddHistogram(const FamilyNames& names, const std::vector<double>& bounds);

  /// Declares counters and gauges that `collect` computes in each Serialise, on its thread. What
  /// `collect` refers to must live as long as it may be called. Throws std::logic_error when a name
  /// is declared already.
  void AddCollector(std::vector<FamilyDescription> families, Collector collect);

  /// All families by name, in the Prometheus text format; those without a series are left out.
  std::string Serialise() const;
  /// All families by name.
  std::vector<FamilyDescription> Describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labgallery::telemetry
