// Azure's public price list (Retail Prices API). It is open: no token, no api-version is needed,
// and no rate counts it. Amounts are made up but for the few that the documentation shows.
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// GET /api/retail/prices with $filter (eq and contains, joined by and), currencyCode, $skip.
Answer ListPrices(World& world, const Call& call);

}  // namespace labgallery::azure_simulator
