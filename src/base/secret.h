// A text that must not be seen: a token, a password, a signed URL. It can be kept, moved and
// compared, but neither printed nor streamed; who needs the bytes says so with Reveal(), which can
// be searched for.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace labgallery {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  /// The text itself, for the one place that sends it.
  const std::string& Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;

  // Streaming does not compile, not even by way of a conversion or a template of somebody else's.
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string text_;
};

/// GoogleTest prints values byte by byte where it finds no printer: this is what it finds.
inline void PrintTo(const Secret& /*secret*/, std::ostream* out) { *out << "[secret]"; }

}  // namespace labgallery
