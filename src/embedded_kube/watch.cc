#include "src/embedded_kube/watch.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

constexpr std::size_t kChunkBytes = 64UL * 1024;
constexpr Duration kLastBookmarkBefore = std::chrono::seconds(2);

struct Terms {
  std::int64_t version = 0;     // events after this one
  bool initial_events = false;  // begin with what is there
  bool end_of_initial = false;  // and say when that was all
  bool bookmarks = false;
  SteadyTime deadline;
};

Refusal ForbiddenOption(std::string path, const std::string& why) {
  const kube::ResourceType options{
      .group = "meta.k8s.io", .version = "", .kind = "ListOptions", .plural = ""};
  return Invalid(options, "", {{std::move(path), "Forbidden: " + why}});
}

// sendInitialEvents and resourceVersionMatch go together, and only where streaming lists are known.
Outcome<void> CheckInitialEvents(const WatchRules& rules, const Query& query) {
  const std::string match = query.Get("resourceVersionMatch");
  const bool asked = rules.streaming_lists && query.Has("sendInitialEvents");
  if (!asked && !match.empty()) {
    return Refuse(ForbiddenOption(
        "resourceVersionMatch",
        rules.streaming_lists
            ? "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            : "resourceVersionMatch is forbidden for watch"));
  }
  if (asked && match != "NotOlderThan") {
    return Refuse(
        ForbiddenOption("resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  return {};
}

Outcome<Terms> ReadTerms(const WatchWorld& world, const Query& query) {
  EMK_REFUSE_IF(CheckInitialEvents(world.rules, query));
  EMK_ASSIGN_OR_REFUSE(const auto version, query.Number("resourceVersion"));
  EMK_ASSIGN_OR_REFUSE(const bool bookmarks, query.Boolean("allowWatchBookmarks"));
  EMK_ASSIGN_OR_REFUSE(const bool initial, query.Boolean("sendInitialEvents"));
  EMK_ASSIGN_OR_REFUSE(const auto seconds, query.Number("timeoutSeconds"));
  const bool streaming = world.rules.streaming_lists && query.Has("sendInitialEvents");
  Terms terms{.version = version.value_or(0), .bookmarks = bookmarks};
  // Without a version a watch begins with what is there, unless the client has said that it knows.
  terms.initial_events = streaming ? initial : terms.version == 0;
  terms.end_of_initial = streaming && initial && bookmarks;
  // A server without instructions ends a watch after 30 to 60 minutes, so that not all end at once.
  const Duration lasting =
      seconds.value_or(0) > 0
          ? Duration(std::chrono::seconds(*seconds))
          : Duration(std::chrono::minutes(30)) +
                std::chrono::seconds(static_cast<std::int64_t>(world.random.Fraction() * 1800));
  terms.deadline = world.clock.SteadyNow() + lasting;
  if (streaming && terms.version > world.storage.Version()) {
    return Refuse(VersionTooLarge(terms.version, world.storage.Version()));
  }
  return terms;
}

std::string Line(std::string_view type, const std::string& object) {
  return R"({"type":")" + std::string(type) + R"(","object":)" + object + "}\n";
}

class Watch {
 public:
  Watch(const WatchWorld& world, const Call& call, Selection selection,
        const Presentation& presentation)
      : storage_(world.storage),
        clock_(world.clock),
        rules_(world.rules),
        resource_(call.resource),
        selection_(std::move(selection)),
        presentation_(presentation) {}

  void Begin(const Terms& terms) {
    terms_ = terms;
    position_ = terms.version;
    if (terms.initial_events || terms.version == 0) {
      Snapshot snapshot = storage_.List(*resource_, selection_.name_space);
      position_ = snapshot.version;
      if (terms.initial_events) initial_ = std::move(snapshot.objects);
    }
    end_due_ = terms.end_of_initial;
    next_bookmark_ = NextBookmark();
  }

  Result<std::optional<std::string>> Read(const std::stop_token& stop) {
    while (!ended_) {
      if (stop.stop_requested()) return Cancelled();
      if (auto text = InitialChunk(); !text.empty()) return std::optional(std::move(text));
      if (std::exchange(end_due_, false)) return std::optional(Bookmark(true));
      const SteadyTime now = clock_.SteadyNow();
      if (now >= terms_.deadline) break;
      if (terms_.bookmarks && now >= next_bookmark_) {
        next_bookmark_ = NextBookmark();
        return std::optional(Bookmark(false));
      }
      const SteadyTime until =
          terms_.bookmarks ? std::min(terms_.deadline, next_bookmark_) : terms_.deadline;
      if (auto text = Happened(storage_.Await(*resource_, position_, until, stop)); !text.empty()) {
        return std::optional(std::move(text));
      }
    }
    ended_ = true;
    return std::optional<std::string>();
  }

 private:
  // One every interval, and one shortly before the end, so that the next watch begins late.
  SteadyTime NextBookmark() const {
    const SteadyTime now = clock_.SteadyNow();
    const SteadyTime last = terms_.deadline - kLastBookmarkBefore;
    const SteadyTime next = now + rules_.bookmark_interval;
    return now < last ? std::min(next, last) : next;
  }

  std::string InitialChunk() {
    std::string text;
    while (sent_ < initial_.size() && text.size() < kChunkBytes) {
      const ObjectPtr& object = initial_[sent_++];
      if (selection_.Matches(*object))
        text += Line("ADDED", presentation_.Object(*resource_, *object));
    }
    if (sent_ == initial_.size()) initial_.clear(), sent_ = 0;
    return text;
  }

  std::string Bookmark(bool ends_initial_events) const {
    json::Value object;
    object.Set("kind", resource_->type.kind);
    object.Set("apiVersion", resource_->type.ApiVersion());
    json::Value& metadata = object.Set("metadata", json::Value::Object());
    metadata.Set("resourceVersion", std::to_string(position_));
    metadata.Set("creationTimestamp", nullptr);
    if (ends_initial_events) {
      metadata.Set("annotations", json::Value::Object()).Set("k8s.io/initial-events-end", "true");
    }
    return Line("BOOKMARK", json::Dump(object));
  }

  std::string Happened(const Past& past) {
    if (past.expired) {
      ended_ = true;
      const Refusal refusal = Expired("too old resource version: " + std::to_string(position_));
      return Line("ERROR", json::Dump(refusal.ToStatus()));
    }
    std::string text;
    for (const Event& event : past.events) text += Told(event);
    position_ = std::max(position_, past.version);
    return text;
  }

  // To a watch with a selector an object comes and goes as it begins and ceases to match.
  std::string Told(const Event& event) const {
    const bool was = event.before != nullptr && selection_.Matches(*event.before);
    const bool is = event.change != Change::kDeleted && selection_.Matches(*event.object);
    if (!was && !is) return {};
    if (is)
      return Line(was ? "MODIFIED" : "ADDED", presentation_.Object(*resource_, *event.object));
    if (event.change == Change::kDeleted) {
      return Line("DELETED", presentation_.Object(*resource_, *event.object));
    }
    // It lives on but does not match any more: told is what did match, at the version of the
    // change.
    json::Value last = *json::Parse(event.before->text);
    last.Find("metadata")->Set("resourceVersion", std::to_string(event.object->version));
    return Line("DELETED", presentation_.Object(*resource_, *Freeze(*resource_, last)));
  }

  Storage& storage_;
  Clock& clock_;
  const WatchRules rules_;
  const ResourcePtr resource_;
  const Selection selection_;
  const Presentation presentation_;
  Terms terms_;
  std::int64_t position_ = 0;
  std::vector<ObjectPtr> initial_;
  std::size_t sent_ = 0;
  bool end_due_ = false;
  bool ended_ = false;
  SteadyTime next_bookmark_;
};

}  // namespace

Outcome<http::StreamResponse> OpenWatch(const WatchWorld& world, const Call& call,
                                        const Presentation& presentation) {
  EMK_ASSIGN_OR_REFUSE(Selection selection, Selection::Of(call));
  EMK_ASSIGN_OR_REFUSE(const Terms terms, ReadTerms(world, call.query));
  auto watch = std::make_shared<Watch>(world, call, std::move(selection), presentation);
  watch->Begin(terms);
  return http::StreamResponse{
      .status = 200,
      .headers = {{"Content-Type", "application/json"}},
      .body = [watch](const std::stop_token& stop) { return watch->Read(stop); }};
}

}  // namespace labgallery::embedded_kube
