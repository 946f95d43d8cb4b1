#include "controller/endpoints/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "src/base/text.h"

namespace labgallery::endpoints {
namespace {

using telemetry::FamilyDescription;
using telemetry::FamilyType;
using telemetry::Samples;

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// When the machine was started, in Unix time.
std::optional<double> BootTime() {
  constexpr std::string_view kKey = "btime ";
  for (const std::string& line : Split(ReadFile("/proc/stat"), '\n')) {
    if (line.starts_with(kKey)) return Number(std::string_view(line).substr(kKey.size()));
  }
  return std::nullopt;
}

std::optional<double> OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return std::nullopt;
  // The one that reads the directory is not counted.
  return static_cast<double>(std::distance(begin(files), end(files)) - 1);
}

std::optional<double> MostFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

FamilyDescription One(const char* name, const char* help, FamilyType type) {
  return {.names = {name, help, {}, "one"}, .type = type};
}

void Collect(std::vector<Samples>& samples, std::optional<double> boot_time) {
  const auto add = [&samples](std::size_t index, std::optional<double> value) {
    if (value) samples[index].Add({}, *value);
  };
  const auto stat =
      ReadProcessStat(ReadFile("/proc/self/stat"), static_cast<double>(sysconf(_SC_CLK_TCK)),
                      static_cast<double>(sysconf(_SC_PAGESIZE)));
  if (stat) {
    add(0, stat->cpu_seconds);
    if (boot_time) add(1, *boot_time + stat->start_seconds);
    add(2, stat->virtual_bytes);
    add(3, stat->resident_bytes);
    add(4, stat->threads);
  }
  add(5, OpenFiles());
  add(6, MostFiles());
}

}  // namespace

std::optional<ProcessStat> ReadProcessStat(std::string_view text, double ticks, double page_bytes) {
  // The name of the program is in parentheses and may hold anything.
  const auto name_end = text.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  // Fields are numbered from 1 in proc(5); the first behind the name is the third.
  const std::vector<std::string> fields = Split(text.substr(name_end + 2), ' ');
  const auto field = [&fields](std::size_t number) -> std::optional<double> {
    return number - 3 < fields.size() ? Number(fields[number - 3]) : std::nullopt;
  };
  const auto user = field(14);
  const auto system = field(15);
  const auto threads = field(20);
  const auto start = field(22);
  const auto virtual_bytes = field(23);
  const auto pages = field(24);
  if (!user || !system || !threads || !start || !virtual_bytes || !pages) return std::nullopt;
  return ProcessStat{.cpu_seconds = (*user + *system) / ticks,
                     .start_seconds = *start / ticks,
                     .virtual_bytes = *virtual_bytes,
                     .resident_bytes = *pages * page_bytes,
                     .threads = *threads};
}

void AddProcessMetrics(telemetry::Metrics& metrics, std::string_view version) {
  metrics
      .AddGauge({"labgallery_build_info", "1, with what was built as labels.", {"version"}, "one"})
      .With({std::string(version)})
      .Set(1);
  using enum FamilyType;
  metrics.AddCollector(
      {One("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
           kCounter),
       One("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
           kGauge),
       One("process_virtual_memory_bytes", "Virtual memory size in bytes.", kGauge),
       One("process_resident_memory_bytes", "Resident memory size in bytes.", kGauge),
       One("process_threads", "Number of OS threads in the process.", kGauge),
       One("process_open_fds", "Number of open file descriptors.", kGauge),
       One("process_max_fds", "Maximum number of open file descriptors.", kGauge)},
      [boot_time = BootTime()](std::vector<Samples>& samples) { Collect(samples, boot_time); });
}

}  // namespace labgallery::endpoints
