// Randomness behind one door, so that a test can fix it.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace labgallery {

/// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  /// 64 uniform bits.
  virtual std::uint64_t Next() = 0;
  /// Uniform in [0, 1).
  double Fraction();
  /// A version 4 UUID in its usual lower-case spelling.
  std::string Uuid();
};

/// The same seed gives the same sequence; not for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Next() override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

/// A SeededRandom that starts from the machine's entropy.
std::uint64_t EntropySeed();

}  // namespace labgallery
