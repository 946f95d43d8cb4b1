// What Azure's refusals mean, one row each: ARM's own codes, and those of Compute, Lab Services and
// Authorization. The only table of its kind: how to retry, what a condition says, the label of a
// metric and docs/errors.md all come from it. errors.h asks it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "controller/domain/reason.h"
#include "src/azure/model/error_class.h"

namespace labgallery::domain {

/// A row applies when its code, its text and its status, as far as it names them, are those of the
/// error. The first that applies decides.
struct ErrorRow {
  std::string_view code;  // without case; empty: any
  std::string_view http;  // statuses that it comes with, for people
  azure::ErrorClass verdict = azure::ErrorClass::kTransient;
  std::string_view remedy = {};       // what a person can do; empty: the reason's own remedy
  std::string_view text = {};         // part of the message, without case; empty: any
  std::optional<Reason> reason = {};  // instead of that of the class
  int status = 0;                     // 0: any
};

std::span<const ErrorRow> ErrorRows();

}  // namespace labgallery::domain
