// The benchmarks of `make bench`: counts and ratios, printed as tables. Nothing here passes or
// fails.
#pragma once

namespace labgallery::bench {

enum class Graph { kThere, kMissing };
/// From apply to Ready with so many Images, then a second look over the converged world.
void RunFleet(int images, Graph graph);
/// So many Images in one region: which of Azure's buckets bound when.
void RunRates(int images);
/// The pure brain: decisions and whole assessments a second, without any I/O.
void RunBrain();

}  // namespace labgallery::bench
