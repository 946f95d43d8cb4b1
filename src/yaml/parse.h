// Text to documents with positions: YAML (any number of documents) and JSON (one). It collects what
// is wrong instead of stopping at the first thing: a broken document does not hide the ones after
// it.
//
// The YAML that is taken is what JSON can say, read so that no two readers can disagree about it:
//   - the text is UTF-8 without control characters;
//   - quoted scalars and `!!str` are strings; plain ones are null, true/false, decimal numbers, or
//   strings;
//   - plain yes/no/on/off/y/n, octal, hexadecimal, binary and 1_000 are refused: programs that read
//   YAML
//     1.1 (kubectl among them) and YAML 1.2 read them differently; .inf and .nan have no JSON;
//   - a key stands once in its mapping; `<<` merges as kubectl does it, own keys first;
//   - aliases are copied, up to a limit that stops an alias bomb.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/yaml/document.h"

namespace labgallery::yaml {

struct Limits {
  std::size_t max_bytes = 64UL << 20U;
  std::size_t max_depth = 64;
  std::size_t max_alias_nodes = 100'000;  // nodes that aliases may add to one document
};

struct Problem {
  int document = 1;
  Position position;
  std::string path;    // where in the document; empty when the text is not even YAML
  std::string reason;  // "the key \"name\" stands here twice, first at line 3, column 5"
  std::string remedy;  // "put it in quotes if it is text"

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Parsed {
  std::vector<Document> documents;  // without empty ones and those that have problems
  /// Whose problems are single values: to look for what else is wrong, and for nothing else.
  std::vector<Document> doubtful;
  std::vector<Problem> problems;
};

Parsed ParseYaml(std::string_view text, const Limits& limits = {});
Parsed ParseJson(std::string_view text, const Limits& limits = {});

}  // namespace labgallery::yaml
