// Cuts a body that arrives in arbitrary pieces into lines: a watch sends one event a line, and an
// event may span several pieces as a piece may hold several events.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>

#include "src/base/result.h"
#include "src/http/model/message.h"

namespace labgallery::kube {

inline constexpr std::size_t kMaxLineBytes = 4UL << 20U;

/// One thread reads.
class LineReader {
 public:
  explicit LineReader(http::BodyReader body, std::size_t limit = kMaxLineBytes)
      : body_(std::move(body)), limit_(limit) {}

  /// The next line that is not empty, without its end; nothing when the body has ended. kProtocol
  /// for a line over the limit, kUnavailable for a body that ends inside a line, otherwise the
  /// body's error.
  Result<std::optional<std::string>> Next(const std::stop_token& stop);

 private:
  http::BodyReader body_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the line that comes next
  std::size_t scanned_ = 0;  // no line end before here
};

}  // namespace labgallery::kube
