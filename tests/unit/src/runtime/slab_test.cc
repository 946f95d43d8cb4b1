#include "src/runtime/slab.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace labgallery::runtime {
namespace {

constexpr std::size_t kAlignment = alignof(std::max_align_t);

struct Piece {
  void* at;
  std::size_t size;
  unsigned char mark;
};

Piece Marked(Slab& slab, std::size_t size, unsigned char mark) {
  Piece piece{slab.Take(size), size, mark};
  std::memset(piece.at, mark, size);
  return piece;
}

void ExpectUntouched(const Piece& piece) {
  const auto* bytes = static_cast<const unsigned char*>(piece.at);
  for (std::size_t i = 0; i < piece.size; ++i) ASSERT_EQ(bytes[i], piece.mark);
}

TEST(Slab, GivesPiecesOfAnySizeThatDoNotOverlap) {
  Slab slab;
  std::vector<Piece> pieces;
  for (std::size_t size = 0; size <= Slab::kLargest + 100; size += 7) {
    pieces.push_back(Marked(slab, size, static_cast<unsigned char>(size)));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back().at) % kAlignment, 0U);
  }
  for (const Piece& piece : pieces) ExpectUntouched(piece);
  for (const Piece& piece : pieces) slab.Give(piece.at, piece.size);
}

TEST(Slab, UsesAgainWhatWasGivenBack) {
  Slab slab;
  std::vector<void*> pieces;
  for (int i = 0; i < 10000; ++i) pieces.push_back(slab.Take(100));
  const std::size_t used = slab.used_bytes();
  for (int round = 0; round < 10; ++round) {
    for (void*& piece : pieces) {
      slab.Give(piece, 100);
      piece = slab.Take(100);
    }
  }
  EXPECT_EQ(slab.used_bytes(), used);
  EXPECT_LE(used, std::size_t{10000} * 112 * 11 / 10);
  for (void* piece : pieces) slab.Give(piece, 100);
}

TEST(Slab, KeepsNoPageInWhichNothingLies) {
  Slab slab;
  std::vector<void*> pieces;
  for (int i = 0; i < 10000; ++i) pieces.push_back(slab.Take(100));
  // From both ends, so that pages empty in no particular order.
  for (std::size_t i = 0; i < pieces.size() / 2; ++i) {
    slab.Give(pieces[i], 100);
    slab.Give(pieces[pieces.size() - 1 - i], 100);
  }
  EXPECT_EQ(slab.used_bytes(), 0U);
  // The same memory serves things of another size.
  const Piece other = Marked(slab, 500, 7);
  ExpectUntouched(other);
  slab.Give(other.at, other.size);
}

TEST(Slab, ServesSeveralThreads) {
  Slab slab;
  {
    std::vector<std::jthread> threads;
    for (unsigned char mark = 1; mark <= 4; ++mark) {
      threads.emplace_back([&slab, mark] {
        std::vector<Piece> pieces;
        for (std::size_t i = 0; i < 2000; ++i) {
          pieces.push_back(Marked(slab, 16 + i % 300, mark));
          if (i % 3 != 0) continue;
          ExpectUntouched(pieces.front());
          slab.Give(pieces.front().at, pieces.front().size);
          pieces.erase(pieces.begin());
        }
        for (const Piece& piece : pieces) {
          ExpectUntouched(piece);
          slab.Give(piece.at, piece.size);
        }
      });
    }
  }
  EXPECT_EQ(slab.used_bytes(), 0U);
}

TEST(SlabAllocator, KeepsTheNodesOfAContainerInTheSlabAndTheSlabAlive) {
  auto slab = std::make_shared<Slab>();
  std::set<int, std::less<>, SlabAllocator<int>> numbers{SlabAllocator<int>(slab)};
  for (int i = 0; i < 1000; ++i) numbers.insert(i);
  EXPECT_GT(slab->used_bytes(), 1000 * sizeof(int));
  slab.reset();
  EXPECT_EQ(numbers.size(), 1000U);
  EXPECT_EQ(*numbers.rbegin(), 999);
}

}  // namespace
}  // namespace labgallery::runtime
