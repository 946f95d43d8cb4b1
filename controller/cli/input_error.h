// One thing that is wrong with what a user handed in, with its place and what to do about it. All
// of them are collected and shown together, before anything is written anywhere.
#pragma once

#include <string>
#include <vector>

#include "src/yaml/document.h"

namespace labgallery::cli {

struct InputError {
  std::string file;  // as the user named it; "stdin" for -
  int document = 0;  // counted from 1; 0 when it is about the file as a whole
  yaml::Position position;
  std::string field;   // "spec.version"; empty when it is about the whole document
  std::string reason;  // "unknown field"
  std::string remedy;  // "did you mean \"version\"?"; may be empty

  friend bool operator==(const InputError&, const InputError&) = default;
};

/// "file:line:column: field: reason (remedy)", without the parts that are not known.
std::string ToString(const InputError& error);

/// One a line, in the order given, and how many there are in a last line.
std::string ToString(const std::vector<InputError>& errors);

}  // namespace labgallery::cli
