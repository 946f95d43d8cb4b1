// A stream whose lines go to a function: how log lines get past a view that is redrawn in place.
#pragma once

#include <functional>
#include <ostream>
#include <streambuf>
#include <string>
#include <utility>

namespace labgallery::cli {

/// For one writer at a time, as any stream.
class LineStream final : public std::ostream {
 public:
  explicit LineStream(std::function<void(const std::string&)> take)
      : std::ostream(nullptr), lines_(std::move(take)) {
    rdbuf(&lines_);
  }

 private:
  class Lines final : public std::streambuf {
   public:
    explicit Lines(std::function<void(const std::string&)> take) : take_(std::move(take)) {}

   private:
    int_type overflow(int_type byte) override {
      if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
      const char character = traits_type::to_char_type(byte);
      if (character != '\n') {
        line_ += character;
      } else {
        take_(std::exchange(line_, {}));
      }
      return byte;
    }

    std::function<void(const std::string&)> take_;
    std::string line_;
  };

  Lines lines_;
};

}  // namespace labgallery::cli
