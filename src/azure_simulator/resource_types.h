// What differs between resource types and can be said as data: spelling, how operations tell their
// end, which properties a body may carry, how many there may be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "src/azure_simulator/settings.h"

namespace labgallery::azure_simulator {

struct ResourceType {
  std::string_view type;   // lower case
  std::string_view shown;  // as ARM spells it
  std::string_view noun;   // as the provider's messages call it
  OperationStyle style = OperationStyle::kSynchronous;
  std::string_view operations = {};                  // path of operation URLs below the location
  std::span<const std::string_view> writable = {};   // properties; empty: anything goes
  std::span<const std::string_view> read_only = {};  // properties that are ignored in a body
  std::size_t limit = 0;                             // per subscription and region; 0: none
};

/// Every type that can exist, by lower-case name; null for others.
const ResourceType* FindType(std::string_view type);
std::span<const ResourceType> ResourceTypes();

/// How a type's operations tell their end: the setting, otherwise what was observed on the wire.
OperationStyle StyleOf(const Settings& settings, const ResourceType& type);

/// "Microsoft.Compute" of any type of it.
std::string_view ProviderOf(const ResourceType& type);

}  // namespace labgallery::azure_simulator
