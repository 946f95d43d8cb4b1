// The page of one kind in docs/reference, made from its CRD: how it is called, every field with its
// type, limits and default, the rules that span fields, the conditions, the columns of kubectl.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/yaml/document.h"

namespace labgallery::golden {

/// `file` is the CRD's path in the tree.
std::string CrdPage(const yaml::Document& crd, std::string_view file);

/// The fields that rules about the past name and that are not there, so that the page cannot say
/// which fields may change.
std::vector<std::string> UnknownFieldsOfRules(const yaml::Document& crd);

}  // namespace labgallery::golden
