#include <malloc.h>

#include <cstdio>
#include <initializer_list>

#include "tests/bench/benches.h"

int main() {
  // As the program itself has it: see controller/cli/main.cc.
  mallopt(M_ARENA_MAX, 2);
  std::puts(
      "From apply to Ready (one clock that leaps, both servers and the operator in this "
      "process):\n");
  std::puts(
      "  images graph  ready  ARM writes  ARM reads  API writes  simulated   bound  ratio  429  "
      "second "
      "look:       RSS  KiB per");
  std::puts(
      "                       per image   per image  per object    minutes minutes               "
      "wr  API "
      " rd/obj    MiB   image");
  using labgallery::bench::Graph;
  for (const int images : {100, 1000, 10000}) labgallery::bench::RunFleet(images, Graph::kThere);
  labgallery::bench::RunFleet(10000, Graph::kMissing);
  std::puts("");
  labgallery::bench::RunRates(1000);
  std::puts("");
  labgallery::bench::RunBrain();
  return 0;
}
