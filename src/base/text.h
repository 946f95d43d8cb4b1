// Small pure functions on text that several modules need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace labgallery {

/// ASCII only; other bytes stay.
std::string Lower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

/// The pieces between separators; an empty text gives one empty piece.
std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& pieces, std::string_view separator);
std::string_view Trim(std::string_view text);

/// The candidate that is nearest to `word` by edit distance, or nothing if none is near: for "did
/// you mean". Empty when no candidate is within a third of the word's length.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

/// A stable 64-bit hash (FNV-1a) of bytes.
std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t seed = 14695981039346656037ULL);

/// 32 lower-case hex digits, for tags and canonical hashes; not cryptographic.
std::string Hash128(std::string_view bytes);

/// Shortens to at most `limit` bytes without cutting a UTF-8 character.
std::string CutUtf8(std::string_view text, std::size_t limit);

}  // namespace labgallery
