#include "src/azure/model/region.h"

#include <algorithm>

#include "src/base/text.h"

namespace labgallery::azure {

Region::Region(std::string_view text) : name_(Lower(text)) { std::erase(name_, ' '); }

}  // namespace labgallery::azure
