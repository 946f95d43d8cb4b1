#include "src/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>

namespace labgallery::telemetry {
namespace {

// As the format wants it in a help text; quotes only matter in the value of a label.
std::string Escaped(std::string_view text, bool quotes) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else if (c == '"' && quotes) {
      escaped += "\\\"";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// The library writes help texts as they are.
std::string EscapedHelp(std::string_view help) { return Escaped(help, false); }

void AppendNumber(std::string& text, double value) {
  if (std::isnan(value)) {
    text += "NaN";
  } else if (std::isinf(value)) {
    text += value > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> digits{};
    text.append(digits.data(),
                std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
}

bool IsName(std::string_view name) {
  const auto fits = [](char c) {
    return c == '_' || c == ':' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
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

std::string_view TypeText(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return "counter";
    case FamilyType::kGauge:
      return "gauge";
    case FamilyType::kHistogram:
      return "histogram";
  }
  return "untyped";
}

std::string HeadOf(const FamilyDescription& family) {
  const std::string& name = family.names.name;
  return "# HELP " + name + " " + EscapedHelp(family.names.help) + "\n# TYPE " + name + " " +
         std::string(TypeText(family.type)) + "\n";
}

template <typename Series>
void Describe(const Kind<Series>& kind, FamilyType type, std::vector<FamilyDescription>& into) {
  for (const auto& [name, declared] : kind.families)
    into.push_back({declared.names, type, declared.bounds});
}

}  // namespace

void Counter::Increment(double by) { series_.Increment(by); }
double Counter::Value() const { return series_.Value(); }
void Gauge::Set(double value) { series_.Set(value); }
void Gauge::Add(double by) { series_.Increment(by); }
double Gauge::Value() const { return series_.Value(); }
void Histogram::Observe(double value) { series_.Observe(value); }

void Samples::Add(std::initializer_list<std::string_view> values, double value) {
  if (values.size() != names_.labels.size())
    throw std::logic_error("metric " + names_.name + ": wrong number of label values");
  text_ += names_.name;
  char before = '{';
  auto label = names_.labels.begin();
  for (const std::string_view each : values) {
    text_ += before;
    text_ += *label++;
    text_ += "=\"";
    text_ += Escaped(each, true);
    text_ += '"';
    before = ',';
  }
  if (before == ',') text_ += '}';
  text_ += ' ';
  AppendNumber(text_, value);
  text_ += '\n';
}

struct Metrics::State {
  mutable std::mutex mutex;  // guards the declarations and the collectors
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Throw};
  Kind<Counter> counters;
  Kind<Gauge> gauges;
  Kind<Histogram> histograms;
  struct Computed {
    std::vector<FamilyDescription> families;
    Collector collect;
  };
  std::deque<Computed> computed;  // only grows

  void RefuseKnown(const std::string& name) const {
    const auto has = [&name](const FamilyDescription& family) { return family.names.name == name; };
    const bool known = counters.families.contains(name) || gauges.families.contains(name) ||
                       histograms.families.contains(name) ||
                       std::any_of(computed.begin(), computed.end(), [&](const Computed& each) {
                         return std::any_of(each.families.begin(), each.families.end(), has);
                       });
    if (known || !IsName(name))
      throw std::logic_error("metric " + name + " is declared twice, or has no legal name");
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Family<Counter>& Metrics::AddCounter(const FamilyNames& names) {
  const std::lock_guard guard(state_->mutex);
  if (auto* known = state_->counters.Find(names, {})) return *known;
  state_->RefuseKnown(names.name);
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
  state_->RefuseKnown(names.name);
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
  state_->RefuseKnown(names.name);
  auto& family = prometheus::BuildHistogram()
                     .Name(names.name)
                     .Help(EscapedHelp(names.help))
                     .Register(state_->registry);
  return state_->histograms.Declare(
      names, bounds, [&family, bounds](const prometheus::Labels& labels) {
        return std::make_unique<Histogram>(family.Add(labels, bounds));
      });
}

void Metrics::AddCollector(std::vector<FamilyDescription> families, Collector collect) {
  const std::lock_guard guard(state_->mutex);
  for (const FamilyDescription& family : families) state_->RefuseKnown(family.names.name);
  state_->computed.push_back({std::move(families), std::move(collect)});
}

std::string Metrics::Serialise() const {
  std::vector<const State::Computed*> computed;
  {
    const std::lock_guard guard(state_->mutex);
    for (const State::Computed& each : state_->computed) computed.push_back(&each);
  }
  struct Page {
    std::string head;
    std::string lines;
  };
  std::map<std::string, Page> by_name;
  for (auto& family : state_->registry.Collect()) {
    if (family.metric.empty()) continue;
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
    std::string name = family.name;
    by_name[std::move(name)].lines = prometheus::TextSerializer().Serialize({std::move(family)});
  }
  for (const State::Computed* each : computed) {
    std::vector<Samples> samples;
    for (const FamilyDescription& family : each->families) samples.emplace_back(family.names);
    each->collect(samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (samples[i].text().empty()) continue;
      const FamilyDescription& family = each->families[i];
      by_name[family.names.name] = {HeadOf(family), std::move(samples[i]).TakeText()};
    }
  }
  std::size_t size = 0;
  for (const auto& [name, page] : by_name) size += page.head.size() + page.lines.size();
  std::string text;
  text.reserve(size);
  for (auto& [name, page] : by_name) {
    // With a line an object this is large: no piece of it is there twice for long.
    const Page taken = std::move(page);
    text += taken.head;
    text += taken.lines;
  }
  return text;
}

std::vector<FamilyDescription> Metrics::Describe() const {
  std::vector<FamilyDescription> families;
  const std::lock_guard guard(state_->mutex);
  telemetry::Describe(state_->counters, FamilyType::kCounter, families);
  telemetry::Describe(state_->gauges, FamilyType::kGauge, families);
  telemetry::Describe(state_->histograms, FamilyType::kHistogram, families);
  for (const State::Computed& each : state_->computed)
    families.insert(families.end(), each.families.begin(), each.families.end());
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return a.names.name < b.names.name; });
  return families;
}

}  // namespace labgallery::telemetry
