#include "src/runtime/list_watch.h"

#include <algorithm>
#include <utility>

namespace labgallery::runtime {
namespace {

bool IsCancelled(const Error& error) { return error.kind == ErrorKind::kCancelled; }

// The server does not know the parameters of a streaming list: 422 from old ones, since
// resourceVersionMatch is forbidden for their watches. What a starting server answers is none of
// these.
bool IsRefused(const Error& error) {
  const int status = error.http_status;
  return status == 400 || status == 405 || status == 406 || status == 415 || status == 422;
}

bool NeedsFreshStart(const Error& error) {
  return kube::IsExpired(error) || kube::IsVersionTooLarge(error);
}

}  // namespace

ListWatch::ListWatch(Parts parts, WatchedType watched, TypeIndex type, Handlers handlers,
                     ListWatchOptions options)
    : parts_(parts),
      watched_(std::move(watched)),
      type_(type),
      handlers_(std::move(handlers)),
      options_(options),
      delay_(parts.clock, parts.random),
      streaming_refused_(!options.streaming_list),
      state_(Listing{}) {
  // The first list is a consistent read: a restarted process must not act on a world that is older
  // than the one it wrote to (RF-01).
  StartList({});
}

void ListWatch::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) Step(stop);
}

void ListWatch::Step(const std::stop_token& stop) {
  ++turns_;
  if (resume_at_) {
    resting_ = true;
    const bool rested = parts_.clock.SleepUntil(*resume_at_, stop);
    resting_ = false;
    if (!rested) return;
    resume_at_.reset();
  }
  if (auto* listing = std::get_if<Listing>(&state_)) return StepListing(*listing, stop);
  if (auto* streaming = std::get_if<StreamingList>(&state_))
    return StepStreamingList(*streaming, stop);
  StepWatching(std::get<Watching>(state_), stop);
}

FollowCounts ListWatch::counts() const {
  return {.lists = lists_, .watches = watches_, .troubles = troubles_};
}

Pulse ListWatch::pulse() const { return {.turns = turns_, .due = !resting_}; }

ListWatch::Phase ListWatch::phase() const { return static_cast<Phase>(state_.index()); }

kube::Collection ListWatch::collection() const {
  return {watched_.resource, watched_.name_space, watched_.form};
}

std::chrono::seconds ListWatch::RandomTimeout() {
  const auto base = static_cast<double>(options_.min_watch.count());
  return std::chrono::seconds(static_cast<std::int64_t>(base * (1.0 + parts_.random.Fraction())));
}

void ListWatch::BackOff(const Error* error) {
  Duration wait = delay_.Next();
  if (error != nullptr && error->retry_after) wait = std::max<Duration>(wait, *error->retry_after);
  resume_at_ = parts_.clock.SteadyNow() + wait;
}

void ListWatch::Report(std::string_view what, const Error* error) {
  ++troubles_;
  if (handlers_.on_trouble) handlers_.on_trouble(what, error);
}

// A step ends with this call. `lower_bound` may be part of the state that is exchanged here.
void ListWatch::StartList(const ResourceVersion& lower_bound) {
  if (!streaming_refused_) {
    state_ = StreamingList{.version = lower_bound};
    return;
  }
  Listing listing{.lower_bound = lower_bound};
  listing.request.resource_version = lower_bound.ToString();
  if (!lower_bound.empty()) listing.request.resource_version_match = "NotOlderThan";
  // Unpaged, so that the server's watch cache can answer (RF-04).
  const bool paged = lower_bound.empty() || pages_unasked_;
  listing.request.limit = paged ? options_.page_size : 0;
  state_ = std::move(listing);
}

void ListWatch::StepListing(Listing& state, const std::stop_token& stop) {
  auto page = parts_.client.ListPage(collection(), state.request, stop);
  if (!page) return ListFailed(state, page.error());
  for (const json::Value& item : page->items) {
    if (!Fits(item)) continue;
    auto record = RecordOf(item);
    if (record)
      state.records.push_back(*std::move(record));
    else
      Report("skipped an object that cannot be read", &record.error());
  }
  if (!page->continue_token.empty()) {
    pages_unasked_ = pages_unasked_ || state.request.limit == 0;
    state.request.limit = options_.page_size;
    state.request.continue_token = page->continue_token;
    state.first_page = false;
    return;
  }
  const ResourceVersion version(page->resource_version);
  if (version.empty()) return ListFailed(state, ProtocolError("a list without a resourceVersion"));
  Install(state.records, version);
  state_ = Watching{};
}

void ListWatch::ListFailed(const Listing& state, const Error& error) {
  if (IsCancelled(error)) return;
  const ResourceVersion& lower_bound = state.lower_bound;
  if (kube::IsExpired(error) && !state.first_page && !state.without_pages) {
    // Never a half list: all of it in one answer, from the version that the pages began with
    // (RF-06).
    Listing whole{.request = state.request, .lower_bound = lower_bound, .without_pages = true};
    whole.request.continue_token.clear();
    whole.request.limit = 0;
    state_ = std::move(whole);
    return;
  }
  if (NeedsFreshStart(error) && !lower_bound.empty()) return StartList({});
  Report("cannot list", &error);
  BackOff(&error);
  StartList(lower_bound);
}

void ListWatch::StepStreamingList(StreamingList& state, const std::stop_token& stop) {
  if (!state.stream) {
    const kube::WatchOptions request{.resource_version = state.version.ToString(),
                                     .timeout = RandomTimeout(),
                                     .send_initial_events = true};
    auto stream = parts_.client.Watch(collection(), request, stop);
    if (!stream) return StreamingListFailed(state, stream.error());
    state.stream = *std::move(stream);
    state.opened = parts_.clock.SteadyNow();
    ++watches_;
    return;
  }
  auto read = state.stream->Next(stop);
  if (!state.late && parts_.clock.SteadyNow() - state.opened >= options_.late_bookmark) {
    state.late = true;
    Report("the end of a streaming list is late", nullptr);
  }
  if (!read) return StreamingListFailed(state, read.error());
  const std::optional<kube::WatchEvent> event = *std::move(read);
  if (event) return TakeInitialEvent(state, *event);
  // A server that ignores sendInitialEvents never sends the end: list in the old way from now on.
  streaming_refused_ = true;
  Report("a streaming list ended before its end was marked", nullptr);
  StartList(state.version);
}

void ListWatch::StreamingListFailed(const StreamingList& state, const Error& error) {
  if (IsCancelled(error)) return;
  const ResourceVersion& version = state.version;
  if (NeedsFreshStart(error) && !version.empty()) return StartList({});
  if (IsRefused(error)) {
    streaming_refused_ = true;
    return StartList(version);
  }
  Report("cannot list by a stream", &error);
  BackOff(&error);
  StartList(version);
}

void ListWatch::TakeInitialEvent(StreamingList& state, const kube::WatchEvent& event) {
  switch (event.type) {
    case kube::WatchEventType::kBookmark:
      if (kube::EndsInitialEvents(event)) FinishStreamingList(state, event);
      return;
    case kube::WatchEventType::kError:
      return StreamingListFailed(state, kube::ErrorFromStatus(event.object));
    case kube::WatchEventType::kUnknown:
      return Report("skipped a watch event of an unknown type", nullptr);
    case kube::WatchEventType::kAdded:
    case kube::WatchEventType::kModified:
    case kube::WatchEventType::kDeleted:
      break;
  }
  if (!Fits(event.object)) return Report("skipped a watch event of another kind", nullptr);
  auto record = RecordOf(event.object);
  if (!record) return Report("skipped an object that cannot be read", &record.error());
  const kube::ObjectKey key = (*record)->key();
  if (event.type == kube::WatchEventType::kDeleted) {
    state.records.erase(key);
  } else {
    state.records[key] = *std::move(record);
  }
}

void ListWatch::FinishStreamingList(StreamingList& state, const kube::WatchEvent& bookmark) {
  std::vector<RecordPtr> records;
  for (auto& [key, record] : state.records) records.push_back(std::move(record));
  // The same stream goes on as the watch (RF-21).
  Watching watching{.stream = std::move(state.stream), .opened = state.opened, .delivered = true};
  Install(records, VersionOf(bookmark.object));
  state_ = std::move(watching);
}

void ListWatch::Install(const std::vector<RecordPtr>& records, const ResourceVersion& version) {
  const bool fallen = Compare(version, version_) == Order::kOlder;
  if (fallen)
    Report("the server's versions have fallen; what it lists now is taken as the truth", nullptr);
  const auto history = fallen ? Store::History::kRestarted : Store::History::kContinued;
  const std::vector<Change> changes = parts_.store.Replace(type_, records, history);
  version_ = version;
  failing_since_.reset();
  ++lists_;
  for (const Change& change : changes) handlers_.on_change(change);
  if (handlers_.on_synced) handlers_.on_synced();
}

// Items of a list carry no kind where the server's own types are listed.
bool ListWatch::Fits(const json::Value& object) const {
  const std::string_view kind = object.Text({"kind"});
  return kind.empty() || kind == watched_.resource.kind ||
         (watched_.form == kube::Form::kMetadata && kind == "PartialObjectMetadata");
}

Result<RecordPtr> ListWatch::RecordOf(const json::Value& object) const {
  const Key key{type_,
                {std::string(object.Text({"metadata", "namespace"})),
                 std::string(object.Text({"metadata", "name"}))}};
  return MakeRecord(watched_, type_, object, parts_.store.Get(key));
}

}  // namespace labgallery::runtime
