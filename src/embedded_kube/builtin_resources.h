// The resources that are there without any CustomResourceDefinition, those that the operator and
// its users need: namespaces, secrets, events, leases, and the definitions themselves.
#pragma once

#include <vector>

#include "src/embedded_kube/resource.h"

namespace labgallery::embedded_kube {

std::vector<Resource> BuiltinResources();

/// The types that other parts of the server have to recognise.
const kube::ResourceType& NamespaceType();
const kube::ResourceType& CrdType();

}  // namespace labgallery::embedded_kube
