#include "src/telemetry/log_line.h"

#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "src/base/time_text.h"
#include "src/base/utf8.h"

namespace labgallery::telemetry {
namespace {

std::string_view Name(LogLevel level, LogFormat format) {
  const bool json = format == LogFormat::kJson;
  switch (level) {
    case LogLevel::kDebug:
      return json ? "debug" : "DEBUG";
    case LogLevel::kInfo:
      return json ? "info" : "INFO";
    case LogLevel::kWarning:
      return json ? "warning" : "WARN";
    case LogLevel::kError:
      return json ? "error" : "ERROR";
  }
  return "";
}

void AppendEscaped(std::string& line, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
      line += "\\\"";
      return;
    case '\\':
      line += "\\\\";
      return;
    case '\n':
      line += "\\n";
      return;
    case '\r':
      line += "\\r";
      return;
    case '\t':
      line += "\\t";
      return;
    default:
      break;
  }
  if (byte < 0x20 || byte == 0x7F) {
    line += "\\u00";
    line += kDigits[byte >> 4U];
    line += kDigits[byte & 0xFU];
  } else {
    line += c;
  }
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) quoted += "\xEF\xBF\xBD";
    if (length == 1) AppendEscaped(quoted, text.front());
    if (length > 1) quoted += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

std::string Number(double value) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end};
}

std::string Rendered(const LogValue& value, LogFormat format) {
  const auto render = [format](const auto& held) -> std::string {
    using T = std::decay_t<decltype(held)>;
    if constexpr (std::is_same_v<T, std::string>) {
      return format == LogFormat::kJson || NeedsQuotes(held) ? Quoted(held) : held;
    } else if constexpr (std::is_same_v<T, bool>) {
      return held ? "true" : "false";
    } else if constexpr (std::is_same_v<T, double>) {
      // JSON has no infinity and no NaN.
      return std::isfinite(held) || format == LogFormat::kText ? Number(held) : "null";
    } else {
      return std::to_string(held);
    }
  };
  return std::visit(render, value.value());
}

}  // namespace

std::string TextLine(const LogEvent& event) {
  std::string line = Rfc3339Micro(event.time);
  line += ' ';
  line += Name(event.level, LogFormat::kText);
  line += ' ';
  line += event.message;
  for (const LogField& field : event.fields) {
    line += " " + field.key + "=" + Rendered(field.value, LogFormat::kText);
  }
  return line;
}

std::string JsonLine(const LogEvent& event) {
  std::string line = R"({"ts":")" + Rfc3339Micro(event.time) + R"(","level":")";
  line += Name(event.level, LogFormat::kJson);
  line += R"(","msg":)" + Quoted(event.message);
  for (const LogField& field : event.fields) {
    line += "," + Quoted(field.key) + ":" + Rendered(field.value, LogFormat::kJson);
  }
  return line + "}";
}

}  // namespace labgallery::telemetry
