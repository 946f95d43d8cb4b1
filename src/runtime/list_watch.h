// Follows one type: list everything, then watch from there, and recover from whatever a server
// does. The store and the handler learn of every change; nothing here knows what changes mean.
//
//            +-------- refused: for good --------+
//            |                                   v
//   start -> StreamingList --- end bookmark --> Watching <--- last page --- Listing
//            ^     |                             |  ^ |                      ^  |
//            |     +-- expired: empty version    |  | +-- end, broken: from --+  |
//            |                                   |  |     the last version       +-- expired, too
//            large:
//            +---- expired, damaged: relist -----+  +--(same state)                  empty version
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string_view>
#include <variant>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/failure_delay.h"
#include "src/runtime/pulse.h"
#include "src/runtime/store.h"
#include "src/runtime/watched_type.h"

namespace labgallery::runtime {

struct ListWatchOptions {
  bool streaming_list = true;  // until the server refuses it
  int page_size = 500;
  std::chrono::seconds min_watch{300};  // asked for at random up to twice as long
  Duration server_error_window =
      std::chrono::minutes(1);  // 5xx: the watch is retried so long, then relist
  Duration late_bookmark = std::chrono::seconds(10);  // then the missing end of a list is reported
};

/// Numbers for metrics, since the start.
struct FollowCounts {
  std::uint64_t lists = 0;     // read to their end
  std::uint64_t watches = 0;   // opened; a streaming list and the watch that it becomes are one
  std::uint64_t troubles = 0;  // reported
};

/// Step and Run by one thread, the const functions by any.
class ListWatch {
 public:
  struct Parts {
    kube::Client& client;
    Clock& clock;
    Random& random;
    Store& store;
  };
  struct Handlers {
    /// Called for each change, in their order, after the store has it.
    std::function<void(const Change&)> on_change;
    /// Called when a list has been applied and handled (IN-02).
    std::function<void()> on_synced{};
    std::function<void(std::string_view what, const Error*)> on_trouble{};
  };

  ListWatch(Parts parts, WatchedType watched, TypeIndex type, Handlers handlers,
            ListWatchOptions options = {});

  /// Steps until a stop.
  void Run(const std::stop_token& stop);
  /// Waits out a pending backoff and does the next thing: one page, the opening of a stream, or one
  /// event.
  void Step(const std::stop_token& stop);

  /// What the next step goes on with.
  enum class Phase { kListing, kStreamingList, kWatching };
  Phase phase() const;  // by the thread that steps

  FollowCounts counts() const;
  /// A turn is a step; while a backoff lasts nothing is due. A step ends within the client's
  /// timeouts and the pauses that the server asks for.
  Pulse pulse() const;

 private:
  struct Listing {
    kube::ListOptions request;
    ResourceVersion lower_bound;
    bool first_page = true;
    bool without_pages = false;  // because pages have expired under us
    std::vector<RecordPtr> records;
  };
  struct StreamingList {
    std::optional<kube::WatchStream> stream;
    ResourceVersion version;
    SteadyTime opened{};
    bool late = false;
    std::map<kube::ObjectKey, RecordPtr> records;
  };
  struct Watching {
    std::optional<kube::WatchStream> stream;
    SteadyTime opened{};
    bool delivered = false;
  };

  void StepListing(Listing& state, const std::stop_token& stop);
  void StepStreamingList(StreamingList& state, const std::stop_token& stop);
  void StepWatching(Watching& state, const std::stop_token& stop);

  void StartList(const ResourceVersion& lower_bound);
  void ListFailed(const Listing& state, const Error& error);
  void StreamingListFailed(const StreamingList& state, const Error& error);
  void TakeInitialEvent(StreamingList& state, const kube::WatchEvent& event);
  void FinishStreamingList(StreamingList& state, const kube::WatchEvent& bookmark);
  void OpenWatch(Watching& state, const std::stop_token& stop);
  void WatchEnded(const Watching& state);
  void WatchFailed(const Watching& state, const Error& error);
  void ServerFailed();
  void TakeEvent(Watching& state, const kube::WatchEvent& event);
  void TakeObject(Watching& state, const kube::WatchEvent& event);
  void TakeBookmark(Watching& state, const kube::WatchEvent& event);

  void Install(const std::vector<RecordPtr>& records, const ResourceVersion& version);
  Result<RecordPtr> RecordOf(const json::Value& object) const;
  bool Fits(const json::Value& object) const;
  void BackOff(const Error* error);
  void Report(std::string_view what, const Error* error);
  kube::Collection collection() const;
  std::chrono::seconds RandomTimeout();

  Parts parts_;
  const WatchedType watched_;
  const TypeIndex type_;
  const Handlers handlers_;
  const ListWatchOptions options_;
  FailureDelay delay_;
  std::optional<SteadyTime> resume_at_;      // of a backoff
  std::optional<SteadyTime> failing_since_;  // 5xx
  ResourceVersion version_;                  // the newest that is applied
  bool streaming_refused_;
  bool pages_unasked_ = false;  // the server pages where it was not asked to (RF-04)
  std::variant<Listing, StreamingList, Watching> state_;
  std::atomic<std::uint64_t> turns_ = 0;
  std::atomic<bool> resting_ = false;
  std::atomic<std::uint64_t> lists_ = 0;
  std::atomic<std::uint64_t> watches_ = 0;
  std::atomic<std::uint64_t> troubles_ = 0;
};

}  // namespace labgallery::runtime
