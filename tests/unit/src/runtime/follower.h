// A list-watch over a scripted server, stepped by the test itself.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/runtime/list_watch.h"
#include "tests/unit/src/kube/client/scripted_transport.h"
#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {

class FollowerTest : public testing::Test {
 protected:
  FollowerTest() { store.AddType(); }

  ListWatch Follow(ListWatchOptions options, WatchedType watched = Widgets()) {
    return {{client, clock, random, store},
            std::move(watched),
            0,
            {.on_change =
                 [this](const Change& change) {
                   const char* const sign = !change.before ? "+" : change.after ? "~" : "-";
                   log.push_back(sign + change.record().key().name);
                 },
             .on_synced = [this] { log.push_back("synced"); },
             .on_trouble = [this](std::string_view what,
                                  const Error*) { troubles.emplace_back(what); }},
            options};
  }
  static void Steps(ListWatch& follower, int count) {
    for (int i = 0; i < count; ++i) follower.Step({});
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const RecordPtr& record : store.List(0)) names.push_back(record->key().name);
    return names;
  }
  /// What happened since the last call.
  std::vector<std::string> Log() { return std::exchange(log, {}); }
  std::string Last(std::string_view parameter) const {
    return transport.Parameter(transport.requests().size() - 1, parameter);
  }
  Duration Elapsed() const { return clock.SteadyNow().time_since_epoch(); }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  ScriptedTransport transport;
  kube::Client client{transport, transport, clock, {.origin = "http://server"}};
  Store store;
  std::vector<std::string> log;
  std::vector<std::string> troubles;
};

using Strings = std::vector<std::string>;

}  // namespace labgallery::runtime
