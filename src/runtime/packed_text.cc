#include "src/runtime/packed_text.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "src/base/text.h"

namespace labgallery::runtime {
namespace {

// Raw deflate with a window that holds what an object says: an object's status of 1.4 kB takes
// 130 bytes and 20 us so; larger windows and slower levels gain little (docs/adr/0016).
constexpr int kWindowBits = -12;
constexpr int kLevel = 3;
constexpr int kMemoryLevel = 5;
constexpr std::size_t kLongestDictionary = 3800;  // the window less deflate's look-ahead
constexpr std::size_t kWellPacked = 4;            // a text that takes a quarter of its length
constexpr int kPatience = 32;                     // texts before another dictionary is tried

Bytef* Bytes(std::string_view text) {
  // zlib's interface of 1995 knows no const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

void Check(int answer, int wanted, const char* what) {
  if (answer != wanted) throw std::logic_error(std::string("zlib cannot ") + what);
}

// To begin costs zlib more than to inflate a text of this size: each thread does it once.
class Inflater {
 public:
  Inflater() { Check(inflateInit2(&stream_, kWindowBits), Z_OK, "begin to inflate"); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `text`, which is as long as what was deflated.
  void Inflate(std::string_view packed, const std::string* dictionary, std::string& text) {
    Check(inflateReset(&stream_), Z_OK, "begin anew");
    if (dictionary != nullptr) {
      Check(
          inflateSetDictionary(&stream_, Bytes(*dictionary), static_cast<uInt>(dictionary->size())),
          Z_OK, "take a dictionary");
    }
    stream_.next_in = Bytes(packed);
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = Bytes(text);
    stream_.avail_out = static_cast<uInt>(text.size());
    Check(inflate(&stream_, Z_FINISH), Z_STREAM_END, "inflate what it deflated");
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string PackedText::Text() const {
  if (packed_size_ == size_) return size_ == 0 ? std::string() : std::string(bytes_.get(), size_);
  thread_local Inflater inflater;  // NOLINT(misc-use-internal-linkage): has none
  std::string text(size_, '\0');
  inflater.Inflate({bytes_.get(), packed_size_}, dictionary_.get(), text);
  return text;
}

PackedText PackedText::At(const char* place) const {
  PackedText moved = *this;
  // NOLINTNEXTLINE(*-avoid-c-arrays)
  moved.bytes_ = std::shared_ptr<const char[]>(std::shared_ptr<void>(), place);
  return moved;
}

struct TextPacker::Deflater {
  Deflater() {
    Check(deflateInit2(&stream, kLevel, Z_DEFLATED, kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY),
          Z_OK, "begin to deflate");
  }
  ~Deflater() { deflateEnd(&stream); }

  /// The deflated text; empty where that is not shorter.
  std::string_view Deflate(std::string_view text, const std::string* dictionary) {
    Check(deflateReset(&stream), Z_OK, "begin anew");
    if (dictionary != nullptr) {
      Check(
          deflateSetDictionary(&stream, Bytes(*dictionary), static_cast<uInt>(dictionary->size())),
          Z_OK, "take a dictionary");
    }
    room.resize(text.size());
    stream.next_in = Bytes(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = Bytes(room);
    stream.avail_out = static_cast<uInt>(room.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return {};
    const std::size_t length = room.size() - stream.avail_out;
    return length < text.size() ? std::string_view(room.data(), length) : std::string_view();
  }

  z_stream stream{};
  std::string room;
};

TextPacker::TextPacker() : deflater_(std::make_unique<Deflater>()) {}
TextPacker::~TextPacker() = default;

PackedText TextPacker::Pack(std::string_view text, const PackedText& before) {
  PackedText packed;
  packed.size_ = static_cast<std::uint32_t>(text.size());
  packed.hash_ = Fnv1a(text);
  if (packed == before) return before;
  std::lock_guard guard(mutex_);
  std::string_view bytes = deflater_->Deflate(text, dictionary_.get());
  if (bytes.empty()) {
    bytes = text;
  } else {
    packed.dictionary_ = dictionary_;
  }
  packed.packed_size_ = static_cast<std::uint32_t>(bytes.size());
  const auto room = std::make_shared<char[]>(bytes.size());  // NOLINT(*-avoid-c-arrays)
  std::copy(bytes.begin(), bytes.end(), room.get());
  packed.bytes_ = room;
  ChooseDictionary(text, bytes.size());
  return packed;
}

// What resembles the dictionary too little becomes the next one: so it follows what objects say in
// the course of their lives, without anybody telling it what that is.
void TextPacker::ChooseDictionary(std::string_view text, std::size_t packed_size) {
  ++since_choice_;
  const bool well = packed_size * kWellPacked <= text.size();
  if (dictionary_ && (well || since_choice_ < kPatience)) return;
  since_choice_ = 0;
  const std::size_t skipped = text.size() - std::min(text.size(), kLongestDictionary);
  dictionary_ = std::make_shared<const std::string>(text.substr(skipped));
}

}  // namespace labgallery::runtime
