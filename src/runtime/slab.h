// Memory of its own for small things that live long: what the store keeps. Between them lies
// nothing that comes and goes, so the C library can give back all that the trees of a pass or of a
// list have taken, and a page whose last thing has gone is given back here.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace labgallery::runtime {

/// Thread-safe. Outlives all that it gave; what is larger than kLargest comes from operator new.
class Slab {
 public:
  static constexpr std::size_t kLargest = 2048;

  Slab() = default;
  ~Slab();
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  /// Room for `bytes`, aligned as operator new aligns. Throws std::bad_alloc.
  void* Take(std::size_t bytes);
  /// Gives back what Take(bytes) gave.
  void Give(void* at, std::size_t bytes) noexcept;

  /// Of the pages in which something lies.
  std::size_t used_bytes() const;

 private:
  struct Page;
  struct Piece {
    Piece* next;
  };
  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kPageBytes = std::size_t{32} << 10U;
  static constexpr std::size_t kRegionBytes = std::size_t{1} << 20U;

  static std::size_t ClassOf(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }
  static Page* PageOf(void* at);
  Page* PageWithRoom(std::size_t size_class);
  void AddRegion();
  void Link(Page* page);
  void Unlink(Page* page) noexcept;

  mutable std::mutex mutex_;
  std::array<Page*, kLargest / kStep + 1> with_room_{};  // guarded by mutex_; lists, by class
  std::vector<void*> free_pages_;                        // guarded by mutex_
  std::vector<void*> regions_;                           // guarded by mutex_
  std::size_t used_pages_ = 0;                           // guarded by mutex_
};

/// For containers whose nodes lie in a slab.
template <typename T>
class SlabAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  explicit SlabAllocator(std::shared_ptr<Slab> slab) : slab_(std::move(slab)) {}
  template <typename U>
  explicit(false) SlabAllocator(const SlabAllocator<U>& other) : slab_(other.slab()) {}

  T* allocate(std::size_t count) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    if (count > std::numeric_limits<std::size_t>::max() / kSize) throw std::bad_array_new_length();
    return static_cast<T*>(slab_->Take(count * kSize));
  }
  void deallocate(T* at, std::size_t count) noexcept {
    slab_->Give(static_cast<void*>(at), count * kSize);
  }

  const std::shared_ptr<Slab>& slab() const { return slab_; }
  friend bool operator==(const SlabAllocator&, const SlabAllocator&) = default;

 private:
  // A container may keep arrays of pointers here, whose size is meant then.
  static constexpr std::size_t kSize = sizeof(T);  // NOLINT(bugprone-sizeof-expression)

  std::shared_ptr<Slab> slab_;
};

}  // namespace labgallery::runtime
