// Result<T>: a value or an Error, and the two macros that pass an error on. Built on tl::expected,
// which has the names of std::expected and can be replaced by it in this header alone.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "src/base/error.h"

namespace labgallery {

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;  // NOLINT(*-rvalue-reference-param-not-moved)
  Result(Error error)  // NOLINT(google-explicit-constructor): `return NotFound(...)` reads as meant
      : tl::expected<T, Error>(tl::unexpected<Error>(std::move(error))) {}
};

/// The outcome of something that only succeeds or fails.
using Status = Result<void>;

/// Success of a Status.
inline Status Ok() { return {}; }

}  // namespace labgallery

#define LAB_CONCAT_INNER_(a, b) a##b
#define LAB_CONCAT_(a, b) LAB_CONCAT_INNER_(a, b)

/// LAB_ASSIGN_OR_RETURN(auto x, F()): x is the value of F(), or the function returns F()'s error.
#define LAB_ASSIGN_OR_RETURN(declaration, expression)             \
  auto LAB_CONCAT_(lab_result_, __LINE__) = (expression);         \
  if (!LAB_CONCAT_(lab_result_, __LINE__))                        \
    return std::move(LAB_CONCAT_(lab_result_, __LINE__)).error(); \
  declaration = *std::move(LAB_CONCAT_(lab_result_, __LINE__))

/// LAB_RETURN_IF_ERROR(F()): the function returns F()'s error, if it has one.
#define LAB_RETURN_IF_ERROR(expression) \
  if (auto lab_status = (expression); !lab_status) return std::move(lab_status).error()
