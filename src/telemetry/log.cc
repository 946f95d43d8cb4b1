#include "src/telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <utility>

#include "src/telemetry/log_line.h"

namespace labgallery::telemetry {
namespace {

spdlog::level::level_enum Level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

struct Logger::Output {
  Output(const Clock& its_clock, LogOptions options, spdlog::sink_ptr sink)
      : clock(its_clock), format(options.format), lines("", std::move(sink)) {
    lines.set_level(Level(options.level));
    lines.set_pattern("%v");
    lines.flush_on(Level(options.level));
  }

  const Clock& clock;
  LogFormat format;
  spdlog::logger lines;
};

Logger::Logger(const Clock& clock, LogOptions options)
    : output_(std::make_shared<Output>(clock, options,
                                       std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Logger::Logger(const Clock& clock, LogOptions options, std::ostream& out)
    : output_(std::make_shared<Output>(clock, options,
                                       std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

Logger Logger::With(Fields fields) const {
  Logger narrower = *this;
  narrower.context_.insert(narrower.context_.end(), fields);
  return narrower;
}

void Logger::Debug(std::string_view message, Fields fields) const {
  Write(LogLevel::kDebug, message, fields);
}

void Logger::Info(std::string_view message, Fields fields) const {
  Write(LogLevel::kInfo, message, fields);
}

void Logger::Warning(std::string_view message, Fields fields) const {
  Write(LogLevel::kWarning, message, fields);
}

void Logger::Error(std::string_view message, Fields fields) const {
  Write(LogLevel::kError, message, fields);
}

bool Logger::Writes(LogLevel level) const { return output_->lines.should_log(Level(level)); }

void Logger::Write(LogLevel level, std::string_view message, Fields fields) const {
  if (!Writes(level)) return;
  LogEvent event{output_->clock.Now(), level, message, context_};
  event.fields.insert(event.fields.end(), fields);
  const std::string line = output_->format == LogFormat::kJson ? JsonLine(event) : TextLine(event);
  output_->lines.log(Level(level), spdlog::string_view_t(line));
}

}  // namespace labgallery::telemetry
