// The metric registry: families with a name, a help text and label names, series that are made once
// at start and kept by reference, and families that are computed while being scraped. It renders
// the Prometheus text format; who may read it, and over which port, is decided by the endpoint that
// serves it.
#pragma once

#include <functional>
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

/// A family that is computed while being scraped.
struct ComputedFamily {
  enum class Type { kCounter, kGauge };
  struct Sample {
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;
  };

  std::string name;
  std::string help;
  Type type = Type::kGauge;
  std::vector<Sample> samples;
};

/// Thread-safe. Declaring a name again with the same help, labels and kind gives the same family;
/// with others, or with an illegal name, it throws std::logic_error: that is a bug.
class Metrics {
 public:
  using Collector = std::function<std::vector<ComputedFamily>()>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Family<Counter>& AddCounter(const FamilyNames& names);
  Family<Gauge>& AddGauge(const FamilyNames& names);
  /// `bounds` are the upper bounds of the buckets, ascending, without infinity.
  Family<Histogram>& AddHistogram(const FamilyNames& names, const std::vector<double>& bounds);

  /// `collect` is called by each Serialise, on its thread.
  void AddCollector(Collector collect);

  /// All families by name and their series by labels, in the Prometheus text format.
  std::string Serialise() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labgallery::telemetry
