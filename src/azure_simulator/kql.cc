#include "src/azure_simulator/kql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "src/azure_simulator/kql_tokens.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

using Kind = KqlCondition::Kind;

struct Operator {
  std::string_view symbol;
  Kind kind;
  bool negated;
  bool ignore_case;
};

constexpr auto kOperators = std::to_array<Operator>({
    {"==", Kind::kEquals, false, false},
    {"=~", Kind::kEquals, false, true},
    {"!=", Kind::kEquals, true, false},
    {"!~", Kind::kEquals, true, true},
    {"in", Kind::kIn, false, false},
    {"in~", Kind::kIn, false, true},
    {"!in", Kind::kIn, true, false},
    {"!in~", Kind::kIn, true, true},
    {"contains", Kind::kContains, false, true},
    {"startswith", Kind::kStartsWith, false, true},
});

/// Recursive descent over the words; every function leaves `at_` behind what it has read.
class Parser {
 public:
  explicit Parser(std::vector<KqlToken> tokens) : tokens_(std::move(tokens)) {}

  Outcome<KqlQuery> Query() {
    KqlQuery query;
    query.table = Lower(Take().text);
    while (TakeIf("|")) LAB_RETURN_IF_ERROR(Stage(query));
    if (Peek().kind != KqlToken::Kind::kEnd) return Unexpected();
    return query;
  }

 private:
  const KqlToken& Peek() const { return tokens_[at_]; }
  const KqlToken& Take() {
    const KqlToken& token = tokens_[at_];
    if (token.kind != KqlToken::Kind::kEnd) ++at_;
    return token;
  }
  bool Is(std::string_view text) const {
    return Peek().kind != KqlToken::Kind::kText && EqualsIgnoreCase(Peek().text, text);
  }
  bool TakeIf(std::string_view text) {
    if (!Is(text)) return false;
    ++at_;
    return true;
  }
  ArmError Unexpected() const {
    return NotModelled("'" + Peek().text + "' at this place of a query");
  }
  Check Expect(std::string_view text) {
    if (TakeIf(text)) return {};
    return Unexpected();
  }

  Check Stage(KqlQuery& query) {
    if (TakeIf("where")) {
      LAB_ASSIGN_OR_RETURN(KqlCondition condition, Either());
      query.conditions.push_back(std::move(condition));
      return {};
    }
    if (TakeIf("project")) return Columns(query);
    if (TakeIf("order") || TakeIf("sort")) return Order();
    if (TakeIf("take") || TakeIf("limit")) {
      std::size_t count = 0;
      const std::string text = Take().text;
      std::from_chars(text.data(), text.data() + text.size(), count);
      query.take = count;
      return {};
    }
    return Unexpected();
  }

  Check Columns(KqlQuery& query) {
    do {
      LAB_ASSIGN_OR_RETURN(KqlField field, Field());
      KqlColumn column{.name = Join(field.path, "_"), .field = std::move(field)};
      if (TakeIf("=")) {
        LAB_ASSIGN_OR_RETURN(column.field, Field());
      }
      query.columns.push_back(std::move(column));
    } while (TakeIf(","));
    return {};
  }

  /// Rows come in the order of their ids; no other order is known.
  Check Order() {
    LAB_RETURN_IF_ERROR(Expect("by"));
    LAB_RETURN_IF_ERROR(Expect("id"));
    return Expect("asc");
  }

  Outcome<KqlCondition> Either() { return Chain("or", Kind::kOr, &Parser::Both); }
  Outcome<KqlCondition> Both() { return Chain("and", Kind::kAnd, &Parser::Single); }

  Outcome<KqlCondition> Chain(std::string_view word, Kind kind,
                              Outcome<KqlCondition> (Parser::*part)()) {
    LAB_ASSIGN_OR_RETURN(KqlCondition first, (this->*part)());
    if (!Is(word)) return first;
    KqlCondition chain{.kind = kind, .parts = {}, .field = {}, .values = {}};
    chain.parts.push_back(std::move(first));
    while (TakeIf(word)) {
      LAB_ASSIGN_OR_RETURN(KqlCondition next, (this->*part)());
      chain.parts.push_back(std::move(next));
    }
    return chain;
  }

  Outcome<KqlCondition> Single() {
    if (TakeIf("(")) {
      LAB_ASSIGN_OR_RETURN(KqlCondition inner, Either());
      LAB_RETURN_IF_ERROR(Expect(")"));
      return inner;
    }
    for (const std::string_view function :
         {"not", "isempty", "isnull", "isnotempty", "isnotnull"}) {
      if (TakeIf(function)) return Function(function);
    }
    return Comparison();
  }

  Outcome<KqlCondition> Function(std::string_view function) {
    LAB_RETURN_IF_ERROR(Expect("("));
    KqlCondition condition{.kind = Kind::kIsEmpty, .parts = {}, .field = {}, .values = {}};
    if (function == "not") {
      LAB_ASSIGN_OR_RETURN(condition, Either());
    } else {
      LAB_ASSIGN_OR_RETURN(condition.field, Field());
    }
    LAB_RETURN_IF_ERROR(Expect(")"));
    return function.starts_with("is") && !function.starts_with("isnot") ? condition
                                                                        : Not(std::move(condition));
  }

  static KqlCondition Not(KqlCondition condition) {
    KqlCondition negation{.kind = Kind::kNot, .parts = {}, .field = {}, .values = {}};
    negation.parts.push_back(std::move(condition));
    return negation;
  }

  Outcome<KqlCondition> Comparison() {
    LAB_ASSIGN_OR_RETURN(KqlField field, Field());
    for (const Operator& row : kOperators) {
      if (!TakeIf(row.symbol)) continue;
      KqlCondition condition{.kind = row.kind,
                             .parts = {},
                             .field = std::move(field),
                             .values = {},
                             .ignore_case = row.ignore_case};
      LAB_RETURN_IF_ERROR(Values(condition));
      return row.negated ? Not(std::move(condition)) : condition;
    }
    return Unexpected();
  }

  Check Values(KqlCondition& condition) {
    const bool list = condition.kind == Kind::kIn;
    if (list) LAB_RETURN_IF_ERROR(Expect("("));
    do {
      if (Peek().kind == KqlToken::Kind::kSymbol || Peek().kind == KqlToken::Kind::kEnd) {
        return Unexpected();
      }
      condition.values.push_back(Take().text);
    } while (list && TakeIf(","));
    return list ? Expect(")") : Check();
  }

  Outcome<KqlField> Field() {
    for (const std::string_view function : {"tolower", "tostring"}) {
      if (!TakeIf(function)) continue;
      LAB_RETURN_IF_ERROR(Expect("("));
      LAB_ASSIGN_OR_RETURN(KqlField inner, Field());
      LAB_RETURN_IF_ERROR(Expect(")"));
      inner.lower = inner.lower || function == "tolower";
      return inner;
    }
    if (Peek().kind != KqlToken::Kind::kWord) return Unexpected();
    KqlField field{.path = {Take().text}};
    while (true) {
      if (TakeIf(".")) {
        field.path.push_back(Take().text);
      } else if (TakeIf("[")) {
        field.path.push_back(Take().text);
        LAB_RETURN_IF_ERROR(Expect("]"));
      } else {
        return field;
      }
    }
  }

  std::vector<KqlToken> tokens_;
  std::size_t at_ = 0;
};

std::string TextOf(const KqlField& field, const KqlRow& row) {
  const json::Value value = row(field.path);
  std::string text;
  if (const auto* string = value.AsString()) text = *string;
  if (const auto* boolean = value.AsBoolean()) text = *boolean ? "true" : "false";
  if (const auto* integer = value.AsInteger()) text = std::to_string(*integer);
  return field.lower ? Lower(text) : text;
}

bool Fits(const KqlCondition& condition, const std::string& text, const std::string& value) {
  switch (condition.kind) {
    case Kind::kContains:
      return Lower(text).find(Lower(value)) != std::string::npos;
    case Kind::kStartsWith:
      return Lower(text).starts_with(Lower(value));
    default:
      return condition.ignore_case ? EqualsIgnoreCase(text, value) : text == value;
  }
}

}  // namespace

Outcome<KqlQuery> ParseKql(std::string_view text) {
  LAB_ASSIGN_OR_RETURN(std::vector<KqlToken> tokens, KqlTokens(text));
  return Parser(std::move(tokens)).Query();
}

bool Holds(const KqlCondition& condition, const KqlRow& row) {
  const auto holds = [&row](const KqlCondition& part) { return Holds(part, row); };
  const auto& parts = condition.parts;
  switch (condition.kind) {
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), holds);
    case Kind::kNot:
      return std::none_of(parts.begin(), parts.end(), holds);
    case Kind::kIsEmpty:
      return TextOf(condition.field, row).empty();
    default:
      break;
  }
  const std::string text = TextOf(condition.field, row);
  return std::any_of(condition.values.begin(), condition.values.end(),
                     [&](const std::string& value) { return Fits(condition, text, value); });
}

std::optional<std::vector<std::string>> RequiredValues(const KqlQuery& query,
                                                       std::string_view field) {
  std::vector<const KqlCondition*> all;
  for (const KqlCondition& condition : query.conditions) all.push_back(&condition);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const KqlCondition& condition = *all[i];
    if (condition.kind == Kind::kAnd) {
      for (const KqlCondition& part : condition.parts) all.push_back(&part);
    }
    const bool equal = condition.kind == Kind::kEquals || condition.kind == Kind::kIn;
    if (!equal || condition.field.path.size() != 1) continue;
    if (!EqualsIgnoreCase(condition.field.path.front(), field)) continue;
    std::vector<std::string> values;
    for (const std::string& value : condition.values) values.push_back(Lower(value));
    return values;
  }
  return std::nullopt;
}

}  // namespace labgallery::azure_simulator
