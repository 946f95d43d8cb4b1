#include "src/http/server/wire.h"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

bool IsFraming(std::string_view name) {
  return EqualsIgnoreCase(name, "Connection") || EqualsIgnoreCase(name, "Content-Length") ||
         EqualsIgnoreCase(name, "Transfer-Encoding");
}

void AppendField(std::string& text, std::string_view name, std::string_view value) {
  const auto append = [&text](std::string_view piece) {
    for (const char c : piece) text += c == '\r' || c == '\n' ? ' ' : c;
  };
  append(name);
  text += ": ";
  append(value);
  text += "\r\n";
}

}  // namespace

Framing FramingFor(int status, bool stream, bool http10) {
  if (status < 200 || status == 204 || status == 304) return Framing::kNone;
  if (!stream) return Framing::kLength;
  return http10 ? Framing::kClose : Framing::kChunked;
}

std::string HeadText(const Head& head) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(head.status)));
  std::string text = "HTTP/1.1 " + std::to_string(head.status) + " " +
                     std::string(reason.data(), reason.size()) + "\r\n";
  for (const auto& [name, value] : head.headers.fields()) {
    if (!IsFraming(name)) AppendField(text, name, value);
  }
  if (head.framing == Framing::kLength) {
    AppendField(text, "Content-Length", std::to_string(head.length));
  }
  if (head.framing == Framing::kChunked) AppendField(text, "Transfer-Encoding", "chunked");
  AppendField(text, "Connection", head.keep_alive ? "keep-alive" : "close");
  return text + "\r\n";
}

std::string ChunkText(std::string_view bytes) {
  std::array<char, 16> length{};
  const auto end =
      std::to_chars(length.data(), length.data() + length.size(), bytes.size(), 16).ptr;
  std::string text(length.data(), end);
  text += "\r\n";
  text += bytes;
  text += "\r\n";
  return text;
}

Response PlainResponse(int status, std::string_view words) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = std::string(words) + "\n"};
}

}  // namespace labgallery::http
