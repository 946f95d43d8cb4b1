// Objects of a made-up type as an API server would write them, and records of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/json/parse.h"
#include "src/runtime/watched_type.h"

namespace labgallery::runtime {

inline const kube::ResourceType kWidget{"example.org", "v1", "Widget", "widgets", true};

struct AWidget {
  std::string name;
  int version = 1;
  int generation = 1;
  int size = 0;
  std::string phase = "";
  std::string annotations = "";  // JSON members
  std::string finalizers = "";   // JSON items
  std::string uid = "";          // otherwise made of the name

  std::string Json() const {
    return R"({"kind":"Widget","apiVersion":"example.org/v1","metadata":{"namespace":"ns","name":")" +
           name + R"(","uid":")" + (uid.empty() ? "uid-" + name : uid) +
           R"(","resourceVersion":")" + std::to_string(version) + R"(","generation":)" +
           std::to_string(generation) +
           R"(,"creationTimestamp":"2026-01-01T00:00:00Z","annotations":{)" + annotations +
           R"(},"finalizers":[)" + finalizers + R"(]},"spec":{"size":)" + std::to_string(size) +
           R"(},"status":{"phase":")" + phase + R"(","noise":")" + std::to_string(version) +
           R"("}})";
  }
};

inline IndexValue SizeValue(std::int64_t size) { return {1, std::to_string(size)}; }

/// Keeps the phase, indexes by the size.
inline WatchedType Widgets() {
  return {.resource = kWidget,
          .annotation_prefix = "example.org/",
          .project_status =
              [](const json::Value& status) { return std::string(status.Text({"phase"})); },
          .index =
              [](const kube::ObjectKey&, const json::Value& spec, const json::Value&) {
                return std::vector<IndexValue>{SizeValue(spec.Integer({"size"}).value_or(0))};
              }};
}

inline RecordPtr ARecord(const AWidget& widget, const RecordPtr& before = nullptr,
                         TypeIndex type = 0) {
  return *MakeRecord(Widgets(), type, *json::Parse(widget.Json()), before);
}

inline std::string ListOf(const std::vector<AWidget>& widgets, int version,
                          const std::string& token = "") {
  std::string items;
  for (const AWidget& widget : widgets) items += (items.empty() ? "" : ",") + widget.Json();
  return R"({"kind":"WidgetList","metadata":{"resourceVersion":")" + std::to_string(version) +
         R"(","continue":")" + token + R"("},"items":[)" + items + "]}";
}

inline std::string Event(const std::string& type, const AWidget& widget) {
  return R"({"type":")" + type + R"(","object":)" + widget.Json() + "}\n";
}
inline std::string Added(const AWidget& widget) { return Event("ADDED", widget); }
inline std::string Modified(const AWidget& widget) { return Event("MODIFIED", widget); }
inline std::string Deleted(const AWidget& widget) { return Event("DELETED", widget); }

inline std::string Bookmark(int version, const std::string& annotations = "") {
  return R"({"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":")" +
         std::to_string(version) + R"(","annotations":{)" + annotations + "}}}}\n";
}
inline std::string EndOfInitialEvents(int version) {
  return Bookmark(version, R"("k8s.io/initial-events-end":"true")");
}

inline std::string StatusObject(int code, const std::string& reason,
                                const std::string& causes = "") {
  return R"({"kind":"Status","status":"Failure","code":)" + std::to_string(code) +
         R"(,"reason":")" + reason + R"(","message":"why","details":{"causes":[)" + causes + "]}}";
}
inline std::string ErrorEvent(int code, const std::string& reason) {
  return R"({"type":"ERROR","object":)" + StatusObject(code, reason) + "}\n";
}

}  // namespace labgallery::runtime
