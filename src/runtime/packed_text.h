// Texts that resemble each other, kept small: each is deflated against a dictionary, which is one
// of those that came before it. Specs and statuses in the store are such texts.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace labgallery::runtime {

/// Immutable, cheap to copy; the default one is an empty text. Thread-safe.
class PackedText {
 public:
  /// The text as it was packed.
  std::string Text() const;
  /// Of the text, not cryptographic.
  std::uint64_t hash() const { return hash_; }
  /// What it takes, without the dictionary, which many share.
  std::string_view bytes() const { return {bytes_.get(), packed_size_}; }
  std::size_t packed_size() const { return packed_size_; }
  /// The same text with its bytes, which have been copied there, at a place that outlives it.
  PackedText At(const char* place) const;

  friend bool operator==(const PackedText& a, const PackedText& b) {
    return a.hash_ == b.hash_ && a.size_ == b.size_;
  }

 private:
  friend class TextPacker;

  std::shared_ptr<const std::string> dictionary_;  // null: none
  std::shared_ptr<const char[]> bytes_;  // the text itself if as long; NOLINT(*-avoid-c-arrays)
  std::uint32_t packed_size_ = 0;
  std::uint32_t size_ = 0;
  std::uint64_t hash_ = 0;
};

/// Packs the texts of one sort. Thread-safe.
class TextPacker {
 public:
  TextPacker();
  ~TextPacker();

  /// The packed text; `before`, which may be shared then, where it is the same.
  PackedText Pack(std::string_view text, const PackedText& before = {});

 private:
  struct Deflater;

  void ChooseDictionary(std::string_view text, std::size_t packed_size);

  std::mutex mutex_;
  std::unique_ptr<Deflater> deflater_;             // guarded by mutex_
  std::shared_ptr<const std::string> dictionary_;  // guarded by mutex_
  int since_choice_ = 0;                           // guarded by mutex_
};

}  // namespace labgallery::runtime
