#include "src/base/random.h"

#include <array>

namespace labgallery {

double Random::Fraction() { return static_cast<double>(Next() >> 11U) * 0x1.0p-53; }

std::string Random::Uuid() {
  std::array<std::uint64_t, 2> bits{Next(), Next()};
  bits[0] = (bits[0] & ~0xF000ULL) | 0x4000ULL;
  bits[1] = (bits[1] & ~(3ULL << 62U)) | (1ULL << 63U);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
    text += kDigits[(bits[nibble / 16] >> (60U - 4U * (nibble % 16))) & 0xFU];
  }
  return text;
}

std::uint64_t SeededRandom::Next() {
  std::lock_guard guard(mutex_);
  return engine_();
}

std::uint64_t EntropySeed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

}  // namespace labgallery
