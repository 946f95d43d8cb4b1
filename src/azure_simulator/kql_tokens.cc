#include "src/azure_simulator/kql_tokens.h"

#include <array>

#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

using Kind = KqlToken::Kind;

// Longest first: the first that fits is taken.
constexpr auto kSymbols =
    std::to_array<std::string_view>({"!in~", "!in", "in~", "==", "=~", "!=", "!~", "<=", ">=", "|",
                                     ",", "(", ")", "[", "]", ".", "=", "<", ">"});

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '-';
}

/// The symbol at the start; "in" without a mark is a word, so letters have to end there.
std::string_view SymbolAt(std::string_view text) {
  for (const std::string_view symbol : kSymbols) {
    if (!EqualsIgnoreCase(text.substr(0, symbol.size()), symbol)) continue;
    const bool letters = symbol.back() == 'n';
    if (!letters || text.size() == symbol.size() || !IsWordChar(text[symbol.size()])) return symbol;
  }
  return {};
}

}  // namespace

Outcome<std::vector<KqlToken>> KqlTokens(std::string_view text) {
  std::vector<KqlToken> tokens;
  while (!(text = Trim(text)).empty()) {
    const char first = text.front();
    std::size_t length = 0;
    if (first == '\'' || first == '"') {
      const auto end = text.find(first, 1);
      if (end == std::string_view::npos) return InvalidParameter("query", "A string does not end.");
      tokens.push_back({Kind::kText, std::string(text.substr(1, end - 1))});
      length = end + 1;
    } else if (const std::string_view symbol = SymbolAt(text); !symbol.empty()) {
      tokens.push_back({Kind::kSymbol, std::string(symbol)});
      length = symbol.size();
    } else {
      while (length < text.size() && IsWordChar(text[length])) ++length;
      if (length == 0) {
        return InvalidParameter("query",
                                "The query has an unknown character: " + std::string(1, first));
      }
      tokens.push_back({Kind::kWord, std::string(text.substr(0, length))});
    }
    text.remove_prefix(length);
  }
  tokens.emplace_back();
  return tokens;
}

}  // namespace labgallery::azure_simulator
