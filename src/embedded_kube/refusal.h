// How the API says no: a metav1.Status as a value, and one function per kind of no, worded as the
// real server words it. Everything in this module that can be refused returns an Outcome.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "src/http/model/message.h"
#include "src/json/schema.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::embedded_kube {

/// What a Status is about. `kind` is the plural ("images") but for an invalid object, where it is
/// the kind.
struct Subject {
  std::string group;
  std::string kind;
  std::string name;

  /// 'images.labgallery.io "x"', as messages name it.
  std::string ToString() const;
};

Subject SubjectOf(const kube::ResourceType& type, std::string_view name);

struct Refusal {
  int code = 500;
  std::string reason;
  std::string message;
  Subject subject;
  std::vector<json::Violation> causes;
  std::optional<int> retry_after_seconds;

  json::Value ToStatus() const;
};

template <typename T>
using Outcome = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> Refuse(Refusal refusal) {
  return tl::unexpected<Refusal>(std::move(refusal));
}

Refusal NotFound(const Subject& subject);
Refusal AlreadyExists(const Subject& subject);
Refusal StaleVersion(const Subject& subject);
Refusal Conflict(const Subject& subject, std::string_view why);
Refusal Forbidden(const Subject& subject, std::string_view why);
Refusal Invalid(const kube::ResourceType& type, std::string_view name,
                std::vector<json::Violation> violations);
/// A JSON Patch that does not fit the object, a failed test above all: 422 with empty details, as
/// the real server has it.
Refusal PatchRejected();
Refusal BadRequest(std::string_view message);
Refusal MethodNotAllowed(const Subject& subject);
Refusal NotAcceptable();
Refusal UnsupportedMediaType(std::string_view accepted);
Refusal Expired(std::string_view message);
Refusal VersionTooLarge(std::int64_t asked, std::int64_t current);
Refusal InternalError(std::string_view message);

http::Response Answer(const Refusal& refusal);

}  // namespace labgallery::embedded_kube

/// EMK_ASSIGN_OR_REFUSE(auto x, F()): x is the value of F(), or the function returns F()'s refusal.
#define EMK_CONCAT_INNER_(a, b) a##b
#define EMK_CONCAT_(a, b) EMK_CONCAT_INNER_(a, b)
#define EMK_ASSIGN_OR_REFUSE(declaration, expression)            \
  auto EMK_CONCAT_(emk_outcome_, __LINE__) = (expression);       \
  if (!EMK_CONCAT_(emk_outcome_, __LINE__))                      \
    return ::labgallery::embedded_kube::Refuse(                  \
        std::move(EMK_CONCAT_(emk_outcome_, __LINE__)).error()); \
  declaration = *std::move(EMK_CONCAT_(emk_outcome_, __LINE__))

#define EMK_REFUSE_IF(expression)                    \
  if (auto emk_outcome = (expression); !emk_outcome) \
  return ::labgallery::embedded_kube::Refuse(std::move(emk_outcome).error())
