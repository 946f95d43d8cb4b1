// What a text has to be before it is read as YAML: not too large, and UTF-8 without control
// characters. The parser underneath would replace what is not, and somebody would find it in Azure.
#pragma once

#include <optional>
#include <string_view>

#include "src/yaml/parse.h"

namespace labgallery::yaml {

/// Its size, or the first byte that does not belong there; nothing if it can be read.
std::optional<Problem> ProblemOfText(std::string_view text, const Limits& limits);

}  // namespace labgallery::yaml
