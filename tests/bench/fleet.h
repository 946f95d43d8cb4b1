// The fleet that benches work on: so many Images from one source, a gallery and an account for each
// thousand of them in a subscription of its own. Also what is counted of it.
#pragma once

#include <cstdint>
#include <string>

#include "tests/component/world.h"

namespace labgallery::bench {

using component::World;

// Azure holds 1,000 definitions a subscription and region.
inline constexpr int kPerSubscription = 1000;

/// A subscription with its group, source, gallery and account.
void AddSubscription(World& world, int index);
/// One more gallery in a subscription.
void AddGallery(World& world, int subscription, const std::string& name);
void AddImage(World& world, int index);
void AddImage(World& world, int subscription, const std::string& gallery, const std::string& name);
void SetDurations(World& world);

/// "writes" or "reads" that Azure was sent.
std::int64_t CountOf(World& world, const char* name);
std::int64_t Throttled(World& world);
int ReadyImages(World& world, int images);
/// The simulator's latencies and the tightest of the write buckets.
double BoundSeconds(int images);

}  // namespace labgallery::bench
