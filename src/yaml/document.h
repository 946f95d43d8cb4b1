// What a person wrote, as JSON values that still know where each part stands, so that whoever finds
// something wrong later (a schema, a missing reference) can point at file, line and column. Reading
// is in parse.h; the meaning of the values is left to others.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "src/json/value.h"

namespace labgallery::yaml {

/// Counted from 1; 0 where it is not known.
struct Position {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Document {
  json::Value value;
  int number = 1;  // its place among the documents of the file, empty ones counted
  /// By path, spelled as json::Violation spells it ("spec.regions[0].name"): of a member its key,
  /// of an item its first character; the empty path is the document itself.
  std::map<std::string, Position, std::less<>> positions;

  /// Where the path stands, or else the nearest thing around it that is there.
  Position PositionOf(std::string_view path) const;
};

/// "path.name" or "name"; "path[index]".
std::string MemberPath(std::string_view path, std::string_view name);
std::string ItemPath(std::string_view path, std::size_t index);

/// What is wrong when a key stands in its mapping a second time.
std::string KeyTwice(std::string_view key, const Position& first);

}  // namespace labgallery::yaml
