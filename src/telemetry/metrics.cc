#include "src/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>

namespace labgallery::telemetry {
namespace {

// The library writes help texts as they are.
std::string EscapedHelp(std::string_view help) {
  std::string escaped;
  for (const char c : help) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

prometheus::Labels LabelsOf(const FamilyNames& names, const std::vector<std::string>& values) {
  if (values.size() != names.labels.size()) {
    throw std::logic_error("metric " + names.name + ": wrong number of label values");
  }
  prometheus::Labels labels;
  for (std::size_t i = 0; i < values.size(); ++i) labels[names.labels[i]] = values[i];
  return labels;
}

// The families of one kind by name.
template <typename Series>
struct Kind {
  struct Declared {
    FamilyNames names;
    std::vector<double> bounds;
    std::map<std::vector<std::string>, std::unique_ptr<Series>> series;  // guarded by `mutex` below
    std::unique_ptr<Family<Series>> family;
  };

  // Makes a series of the library for labels.
  using Add = std::function<std::unique_ptr<Series>(const prometheus::Labels&)>;

  Family<Series>* Find(const FamilyNames& names, const std::vector<double>& bounds) {
    const auto found = families.find(names.name);
    if (found == families.end()) return nullptr;
    const FamilyNames& known = found->second.names;
    if (known.help != names.help || known.labels != names.labels ||
        found->second.bounds != bounds) {
      throw std::logic_error("metric " + names.name + " is declared twice, differently");
    }
    return found->second.family.get();
  }

  Family<Series>& Declare(const FamilyNames& names, const std::vector<double>& bounds, Add add) {
    Declared& declared = families[names.name];
    declared.names = names;
    declared.bounds = bounds;
    declared.family = std::make_unique<Family<Series>>(
        [this, &declared, add = std::move(add)](const std::vector<std::string>& values) {
          const std::lock_guard guard(mutex);
          auto& series = declared.series[values];
          if (!series) series = add(LabelsOf(declared.names, values));
          return series.get();
        });
    return *declared.family;
  }

  std::mutex mutex;
  std::map<std::string, Declared> families;
};

prometheus::MetricFamily Rendered(const ComputedFamily& computed) {
  const bool counter = computed.type == ComputedFamily::Type::kCounter;
  prometheus::MetricFamily family;
  family.name = computed.name;
  family.help = EscapedHelp(computed.help);
  family.type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  for (const auto& sample : computed.samples) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    (counter ? metric.counter.value : metric.gauge.value) = sample.value;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

}  // namespace

void Counter::Increment(double by) { series_.Increment(by); }
double Counter::Value() const { return series_.Value(); }
void Gauge::Set(double value) { series_.Set(value); }
void Gauge::Add(double by) { series_.Increment(by); }
double Gauge::Value() const { return series_.Value(); }
void Histogram::Observe(double value) { series_.Observe(value); }

struct Metrics::State {
  mutable std::mutex mutex;  // guards the declarations and the collectors
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Throw};
  Kind<Counter> counters;
  Kind<Gauge> gauges;
  Kind<Histogram> histograms;
  std::vector<Collector> collectors;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Family<Counter>& Metrics::AddCounter(const FamilyNames& names) {
  const std::lock_guard guard(state_->mutex);
  if (auto* known = state_->counters.Find(names, {})) return *known;
  auto& family = prometheus::BuildCounter()
                     .Name(names.name)
                     .Help(EscapedHelp(names.help))
                     .Register(state_->registry);
  return state_->counters.Declare(names, {}, [&family](const prometheus::Labels& labels) {
    return std::make_unique<Counter>(family.Add(labels));
  });
}

Family<Gauge>& Metrics::AddGauge(const FamilyNames& names) {
  const std::lock_guard guard(state_->mutex);
  if (auto* known = state_->gauges.Find(names, {})) return *known;
  auto& family = prometheus::BuildGauge()
                     .Name(names.name)
                     .Help(EscapedHelp(names.help))
                     .Register(state_->registry);
  return state_->gauges.Declare(names, {}, [&family](const prometheus::Labels& labels) {
    return std::make_unique<Gauge>(family.Add(labels));
  });
}

Family<Histogram>& Metrics::AddHistogram(const FamilyNames& names,
                                         const std::vector<double>& bounds) {
  const std::lock_guard guard(state_->mutex);
  if (auto* known = state_->histograms.Find(names, bounds)) return *known;
  auto& family = prometheus::BuildHistogram()
                     .Name(names.name)
                     .Help(EscapedHelp(names.help))
                     .Register(state_->registry);
  return state_->histograms.Declare(
      names, bounds, [&family, bounds](const prometheus::Labels& labels) {
        return std::make_unique<Histogram>(family.Add(labels, bounds));
      });
}

void Metrics::AddCollector(Collector collect) {
  const std::lock_guard guard(state_->mutex);
  state_->collectors.push_back(std::move(collect));
}

std::string Metrics::Serialise() const {
  std::vector<Collector> collectors;
  {
    const std::lock_guard guard(state_->mutex);
    collectors = state_->collectors;
  }
  std::map<std::string, prometheus::MetricFamily> by_name;
  for (auto& family : state_->registry.Collect()) by_name.emplace(family.name, std::move(family));
  for (const Collector& collect : collectors) {
    for (const ComputedFamily& computed : collect()) {
      auto family = Rendered(computed);
      // One name appears once in the format: what several collectors know about it is joined.
      auto& joined = by_name[family.name];
      joined.name = family.name;
      joined.help = family.help;
      joined.type = family.type;
      std::move(family.metric.begin(), family.metric.end(), std::back_inserter(joined.metric));
    }
  }
  std::vector<prometheus::MetricFamily> families;
  for (auto& [name, family] : by_name) {
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace labgallery::telemetry
