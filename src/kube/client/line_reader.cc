#include "src/kube/client/line_reader.h"

#include <utility>

namespace labgallery::kube {

Result<std::optional<std::string>> LineReader::Next(const std::stop_token& stop) {
  while (true) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(begin_, end - begin_);
      begin_ = scanned_ = end + 1;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.size() > limit_) break;
      if (!line.empty()) return std::optional(std::move(line));
      continue;
    }
    // Only an unfinished line is left: what came before it is not needed any more.
    buffer_.erase(0, begin_);
    begin_ = 0;
    scanned_ = buffer_.size();
    if (buffer_.size() > limit_) break;
    LAB_ASSIGN_OR_RETURN(std::optional<std::string> more, body_(stop));
    if (!more) {
      if (buffer_.empty()) return std::optional<std::string>();
      return Unavailable("the stream ended inside a line");
    }
    buffer_ += *more;
  }
  return ProtocolError("a line of more than " + std::to_string(limit_) + " bytes");
}

}  // namespace labgallery::kube
