// The half of ListWatch that comes after a list: opening the watch, applying its events, and
// deciding for each end whether to watch on from the last version or to list again.
#include <optional>
#include <utility>

#include "src/runtime/list_watch.h"

namespace labgallery::runtime {
namespace {

// A watch that ends sooner and has delivered nothing counts as a failure (RF-15).
constexpr Duration kShortLife = std::chrono::seconds(1);

bool IsOfConnection(const Error& error) {
  return error.http_status == 0 &&
         (error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout);
}

}  // namespace

void ListWatch::StepWatching(Watching& state, const std::stop_token& stop) {
  if (!state.stream) return OpenWatch(state, stop);
  auto read = state.stream->Next(stop);
  if (!read) return WatchFailed(state, read.error());
  const std::optional<kube::WatchEvent> event = *std::move(read);
  if (!event) return WatchEnded(state);
  TakeEvent(state, *event);
}

void ListWatch::OpenWatch(Watching& state, const std::stop_token& stop) {
  const kube::WatchOptions request{.resource_version = version_.ToString(),
                                   .timeout = RandomTimeout()};
  auto stream = parts_.client.Watch(collection(), request, stop);
  if (!stream) return WatchFailed(state, stream.error());
  state.stream = *std::move(stream);
  state.opened = parts_.clock.SteadyNow();
  ++watches_;
}

// From the last version on, without a new list (RF-09).
void ListWatch::WatchEnded(const Watching& state) {
  const bool short_lived = !state.delivered && parts_.clock.SteadyNow() - state.opened < kShortLife;
  state_ = Watching{};
  if (!short_lived) return;
  Report("a watch ended at once", nullptr);
  BackOff(nullptr);
}

void ListWatch::WatchFailed(const Watching& state, const Error& error) {
  if (error.kind == ErrorKind::kCancelled) return;
  if (IsOfConnection(error) && state.stream) return WatchEnded(state);
  Report("cannot watch", &error);
  BackOff(&error);
  // A server that is down or has too much to do is asked again for the watch only: lists of
  // everybody at once are what keeps it down (RF-11, RF-13).
  if (IsOfConnection(error) || error.kind == ErrorKind::kThrottled) {
    state_ = Watching{};
  } else if (kube::IsVersionTooLarge(error)) {
    StartList({});
  } else if (error.http_status >= 500) {
    ServerFailed();
  } else {
    // Expired, or something that cannot be understood; the version stays the lower bound (RF-12).
    StartList(version_);
  }
}

void ListWatch::ServerFailed() {
  const SteadyTime now = parts_.clock.SteadyNow();
  if (!failing_since_) failing_since_ = now;
  if (now - *failing_since_ < options_.server_error_window) {
    state_ = Watching{};
    return;
  }
  failing_since_.reset();
  StartList(version_);
}

void ListWatch::TakeEvent(Watching& state, const kube::WatchEvent& event) {
  switch (event.type) {
    case kube::WatchEventType::kError:
      return WatchFailed(state, kube::ErrorFromStatus(event.object));
    case kube::WatchEventType::kBookmark:
      return TakeBookmark(state, event);
    case kube::WatchEventType::kUnknown:
      return Report("skipped a watch event of an unknown type", nullptr);
    case kube::WatchEventType::kAdded:
    case kube::WatchEventType::kModified:
    case kube::WatchEventType::kDeleted:
      return TakeObject(state, event);
  }
}

void ListWatch::TakeObject(Watching& state, const kube::WatchEvent& event) {
  if (!Fits(event.object)) return Report("skipped a watch event of another kind", nullptr);
  auto record = RecordOf(event.object);
  if (!record) return WatchFailed(state, record.error());
  const ResourceVersion version = (*record)->resource_version();
  const bool gone = event.type == kube::WatchEventType::kDeleted;
  const auto change = gone ? parts_.store.Remove(**record) : parts_.store.Apply(*std::move(record));
  // Before the next read, so that a resumed watch neither repeats nor leaves out an event (RF-17).
  if (Compare(version, version_) != Order::kOlder) version_ = version;
  state.delivered = true;
  failing_since_.reset();
  if (change) handlers_.on_change(*change);
}

void ListWatch::TakeBookmark(Watching& state, const kube::WatchEvent& event) {
  const ResourceVersion version = VersionOf(event.object);
  if (version.empty()) return Report("skipped a bookmark without a version", nullptr);
  if (Compare(version, version_) == Order::kOlder) {
    // The server has gone back to an older history (a restored backup): watching from our version
    // would wait in silence for the day when it gets there.
    Report("a bookmark is older than what is known", nullptr);
    return StartList({});
  }
  version_ = version;
  state.delivered = true;
  failing_since_.reset();
}

}  // namespace labgallery::runtime
