// A CRD's structural schema (the OpenAPI v3 subset of apiextensions.k8s.io/v1) applied to values:
// what is missing gets its default, what is unknown is cut off, what is wrong is named in the API
// server's words. valijson walks values and combines alternatives; the rules of one node are in
// schema_node.h, defaults and pruning in structural.h. x-kubernetes-validations (CEL) are carried
// by a schema and not evaluated.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

struct Violation {
  std::string path;  // "spec.replication.regions[0].name"; empty for the value itself
  std::string
      message;  // "Required value", 'Unsupported value: "x": supported values: "A", "B"', ...

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// Immutable, cheap to copy, thread-safe.
class Schema {
 public:
  /// kInvalidInput, naming the place, for what the API server would not take as structural: a node
  /// without type, an unknown type, a pattern that does not compile (RE2's language: no look-around
  /// and no back-references), $ref, a default that its own schema refuses.
  static Result<Schema> Compile(const Value& schema);

  /// All violations in the order of the value. Unknown fields are none (see Prune), nor are unknown
  /// formats.
  std::vector<Violation> Validate(const Value& value) const;

  /// Drops nulls where nulls are not allowed, then fills in absent members that have a default, to
  /// any depth, but never creates the parent of one.
  void ApplyDefaults(Value& value) const;

  /// Cuts off what the schema does not specify, except below x-kubernetes-preserve-unknown-fields,
  /// and the apiVersion, kind and metadata of the object itself. Returns the paths that were cut,
  /// sorted.
  std::vector<std::string> Prune(Value& value) const;

  /// The names that may stand below a path as in Violation::path (indices may be left out), for
  /// "did you mean"; empty where everything or nothing is allowed.
  std::vector<std::string> KnownFields(std::string_view path) const;

 private:
  struct Compiled;
  explicit Schema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace labgallery::json
