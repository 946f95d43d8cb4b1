// What a server writes: the head of an answer and the frames of a chunked body, as text. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/http/model/message.h"

namespace labgallery::http {

enum class Framing {
  kLength,   // Content-Length
  kChunked,  // Transfer-Encoding: chunked
  kClose,    // the end of the connection ends the body: HTTP/1.0
  kNone,     // no body and no length: 1xx, 204, 304
};

/// How a body is framed: none where the status has none, otherwise by what is known.
Framing FramingFor(int status, bool stream, bool http10);

struct Head {
  int status = 0;
  const Headers& headers;
  Framing framing = Framing::kLength;
  std::size_t length = 0;  // for kLength
  bool keep_alive = true;
};

/// Status line and header fields with the empty line. Fields that say how the body is framed are
/// the server's own, others are written as given; line breaks in them become blanks.
std::string HeadText(const Head& head);

/// One frame of a chunked body. `bytes` is not empty.
std::string ChunkText(std::string_view bytes);

/// What ends a chunked body.
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// What tells a client that waits for it to send the body.
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// A short answer of the server's own, as text for people.
Response PlainResponse(int status, std::string_view words);

}  // namespace labgallery::http
