#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"

namespace labgallery::cli {

void AddLog(CLI::App& command, telemetry::LogOptions& log) {
  using telemetry::LogFormat;
  using telemetry::LogLevel;
  AddChoice<LogLevel>(command, "--log-level",
                      {{"debug", LogLevel::kDebug},
                       {"info", LogLevel::kInfo},
                       {"warning", LogLevel::kWarning},
                       {"error", LogLevel::kError}},
                      std::string("What is logged to standard error (") +
                          (log.level == LogLevel::kError ? "error" : "info") + ")",
                      [&log](LogLevel level) { log.level = level; });
  AddChoice<LogFormat>(
      command, "--log-format", {{"text", LogFormat::kText}, {"json", LogFormat::kJson}},
      "How it is logged (text)", [&log](LogFormat format) { log.format = format; });
}

}  // namespace labgallery::cli
