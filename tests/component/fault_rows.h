// The faults of the simulator's control API, one row each: the fault tests play them one by one and
// in seeded combinations, the soak for as long as it is told to.
#pragma once

#include <string>
#include <vector>

namespace labgallery::component {

struct FaultRow {
  std::string name;
  std::string fault;  // as POST /simulator/faults takes it
};

const std::vector<FaultRow>& FaultRows();

}  // namespace labgallery::component
