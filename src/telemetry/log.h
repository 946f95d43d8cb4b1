// The log: one constant message per event with what varies beside it as fields, as a line of text
// or of JSON. Modules get a Logger by reference from whoever makes them. What may be said about
// URLs and headers is decided in redact.h; a Secret cannot become a field at all.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/base/secret.h"

namespace labgallery::telemetry {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

/// A text, a number or a truth value.
class LogValue {
 public:
  LogValue(std::string text) : value_(std::move(text)) {}  // NOLINT(google-explicit-constructor)
  LogValue(std::string_view text)                          // NOLINT(google-explicit-constructor)
      : value_(std::string(text)) {}
  LogValue(const char* text) : value_(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  LogValue(bool value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  LogValue(double value) : value_(value) {}                  // NOLINT(google-explicit-constructor)
  template <std::integral T>
  LogValue(T value)  // NOLINT(google-explicit-constructor)
      : value_(static_cast<std::int64_t>(value)) {}
  /// As Error::ToString.
  LogValue(const Error& error) : value_(error.ToString()) {}  // NOLINT(google-explicit-constructor)
  LogValue(const Secret&) = delete;

  const std::variant<std::string, std::int64_t, double, bool>& value() const { return value_; }

 private:
  std::variant<std::string, std::int64_t, double, bool> value_;
};

struct LogField {
  std::string key;
  LogValue value;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;  // what is below is dropped
  LogFormat format = LogFormat::kText;
};

/// Thread-safe and cheap to copy: copies write to the same place. A line is written at once.
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  /// To standard error.
  Logger(const Clock& clock, LogOptions options);
  /// To `out`, which must live as long as the last copy.
  Logger(const Clock& clock, LogOptions options, std::ostream& out);

  /// The same log with fields that come first in each line.
  Logger With(Fields fields) const;

  /// `message` is constant, starts with a capital letter and has no full stop.
  void Debug(std::string_view message, Fields fields = {}) const;
  void Info(std::string_view message, Fields fields = {}) const;
  void Warning(std::string_view message, Fields fields = {}) const;
  void Error(std::string_view message, Fields fields = {}) const;

  bool Writes(LogLevel level) const;

 private:
  struct Output;
  void Write(LogLevel level, std::string_view message, Fields fields) const;

  std::shared_ptr<Output> output_;
  std::vector<LogField> context_;
};

}  // namespace labgallery::telemetry
