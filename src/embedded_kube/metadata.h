// The rules of metav1.ObjectMeta: which members it has, what they may hold, what a client may
// change.
#pragma once

#include <string>
#include <vector>

#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/resource.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// Makes `metadata` of an object a well-formed one: nulls, empty lists and maps, managedFields and
/// selfLink go, unknown members are cut and their paths appended to `unknown`. A bad request where
/// a member has a wrong type.
Outcome<void> NormaliseMetadata(json::Value& object, std::vector<std::string>& unknown);

/// Judges names, labels, annotations and finalizers.
void CheckMetadata(const Resource& resource, const json::Value& object,
                   std::vector<json::Violation>& violations);

/// Finalizers may only be taken away from an object that is being deleted.
void CheckFinalizersOfDeleting(const json::Value& before, const json::Value& after,
                               std::vector<json::Violation>& violations);

/// What is said to a client that gives a custom object new finalizers without a domain; `before` is
/// null for a new object.
std::vector<std::string> FinalizerWarnings(const json::Value* before, const json::Value& after);

/// No client sets the mark of a deletion. Once it is there, what a client sends for it is passed
/// over.
void CheckDeletionMark(const json::Value& before, const json::Value& after,
                       std::vector<json::Violation>& violations);

/// Puts back what no client changes: uid, generation and the timestamps. Leaves a mark of deletion
/// that was not there, for CheckDeletionMark.
void KeepSystemMetadata(const json::Value& before, json::Value& after);

std::vector<std::string> FinalizersOf(const json::Value& object);
bool IsDeleting(const json::Value& object);

}  // namespace labgallery::embedded_kube
