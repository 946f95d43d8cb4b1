// Watches: an endless answer, line by line. A watch has no thread: whoever reads its body waits,
// through the clock, until something happens, a bookmark is due, or its time is over.
#pragma once

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/embedded_kube/call.h"
#include "src/embedded_kube/presentation.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/selection.h"
#include "src/embedded_kube/storage.h"
#include "src/http/model/message.h"

namespace labgallery::embedded_kube {

struct WatchRules {
  bool streaming_lists = true;  // sendInitialEvents is served; a server before 1.27 does not
  Duration bookmark_interval = std::chrono::seconds(60);
};

/// What a watch works on; outlives it.
struct WatchWorld {
  Storage& storage;
  Clock& clock;
  Random& random;
  WatchRules rules;
};

/// The stream that `call` asks for. A version that is too old is answered as the real server does
/// it: HTTP 200 and one ERROR event. A version of the future is waited for.
Outcome<http::StreamResponse> OpenWatch(const WatchWorld& world, const Call& call,
                                        const Presentation& presentation);

}  // namespace labgallery::embedded_kube
