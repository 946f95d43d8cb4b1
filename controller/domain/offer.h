// Whether a subscription can have something where it is asked for: its resource provider has to be
// registered, and to offer the type in the region.
#pragma once

#include <string>

#include "controller/domain/observation.h"

namespace labgallery::domain {

/// For a part whose resource is not there and would be made in `region`: waits for the provider
/// (registering it where the operator may), or refuses a region in which there is none.
void NoteOffer(Part& part, const Observation& seen, const azure::Region& region);

}  // namespace labgallery::domain
