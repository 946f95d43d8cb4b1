#include "src/runtime/slab.h"

#include <sys/mman.h>

#include <cstdint>

namespace labgallery::runtime {

// At the beginning of each page; pieces of one size follow. Room that has never been used lies
// behind `untouched`, so that a page that is filling takes no more memory than it needs.
struct alignas(std::max_align_t) Slab::Page {
  std::size_t size_class;
  std::size_t used;
  Piece* given_back;
  char* untouched;
  Page* before;
  Page* after;
  bool linked;

  std::size_t piece_bytes() const { return size_class * kStep; }
  char* end() { return reinterpret_cast<char*>(this) + kPageBytes; }
  bool HasUntouched() { return static_cast<std::size_t>(end() - untouched) >= piece_bytes(); }
  bool HasRoom() { return given_back != nullptr || HasUntouched(); }
};

Slab::~Slab() {
  for (void* region : regions_) munmap(region, kRegionBytes);
}

Slab::Page* Slab::PageOf(void* at) {
  const auto place = reinterpret_cast<std::uintptr_t>(at);
  return reinterpret_cast<Page*>(static_cast<char*>(at) - place % kPageBytes);
}

// Twice the size is asked for, since the system aligns to its own small pages only.
void Slab::AddRegion() {
  free_pages_.reserve((regions_.size() + 1) * (kRegionBytes / kPageBytes));
  regions_.reserve(regions_.size() + 1);
  void* const asked = mmap(nullptr, kRegionBytes + kPageBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (asked == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(asked);
  const std::size_t past = reinterpret_cast<std::uintptr_t>(asked) % kPageBytes;
  const std::size_t before = past == 0 ? 0 : kPageBytes - past;
  if (before > 0) munmap(begin, before);
  if (before < kPageBytes) munmap(begin + before + kRegionBytes, kPageBytes - before);
  regions_.push_back(begin + before);
  for (std::size_t offset = kRegionBytes; offset > 0; offset -= kPageBytes)
    free_pages_.push_back(begin + before + offset - kPageBytes);
}

void Slab::Link(Page* page) {
  Page*& first = with_room_.at(page->size_class);
  page->before = nullptr;
  page->after = first;
  if (first != nullptr) first->before = page;
  first = page;
  page->linked = true;
}

void Slab::Unlink(Page* page) noexcept {
  if (page->after != nullptr) page->after->before = page->before;
  (page->before != nullptr ? page->before->after : with_room_[page->size_class]) = page->after;
  page->linked = false;
}

Slab::Page* Slab::PageWithRoom(std::size_t size_class) {
  if (Page* const page = with_room_.at(size_class)) return page;
  if (free_pages_.empty()) AddRegion();
  void* const room = free_pages_.back();
  free_pages_.pop_back();
  ++used_pages_;
  auto* const page = new (room) Page{.size_class = size_class,
                                     .used = 0,
                                     .given_back = nullptr,
                                     .untouched = static_cast<char*>(room) + sizeof(Page),
                                     .before = nullptr,
                                     .after = nullptr,
                                     .linked = false};
  Link(page);
  return page;
}

void* Slab::Take(std::size_t bytes) {
  if (bytes == 0 || bytes > kLargest) return ::operator new(bytes);
  const std::lock_guard guard(mutex_);
  Page* const page = PageWithRoom(ClassOf(bytes));
  void* piece = page->given_back;
  if (piece != nullptr) {
    page->given_back = page->given_back->next;
  } else {
    piece = page->untouched;
    page->untouched += page->piece_bytes();
  }
  ++page->used;
  if (!page->HasRoom()) Unlink(page);
  return piece;
}

void Slab::Give(void* at, std::size_t bytes) noexcept {
  if (bytes == 0 || bytes > kLargest) return ::operator delete(at);
  const std::lock_guard guard(mutex_);
  Page* const page = PageOf(at);
  page->given_back = new (at) Piece{page->given_back};
  --page->used;
  if (!page->linked) Link(page);
  if (page->used > 0) return;
  Unlink(page);
  --used_pages_;
  madvise(page, kPageBytes, MADV_DONTNEED);
  free_pages_.push_back(page);  // its room was reserved with the region
}

std::size_t Slab::used_bytes() const {
  const std::lock_guard guard(mutex_);
  return used_pages_ * kPageBytes;
}

}  // namespace labgallery::runtime
