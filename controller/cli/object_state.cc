#include "controller/cli/object_state.h"

#include <utility>

#include "controller/domain/names.h"
#include "src/base/text.h"
#include "src/json/reader.h"

namespace labgallery::cli {
namespace {

constexpr const char* kWaiting = "Waiting";

void ReadReady(const json::Value& status, ObjectState& state) {
  const json::Value* list = status.Find("conditions");
  const auto conditions =
      list == nullptr ? Result<std::vector<kube::Condition>>() : kube::ReadConditions(*list);
  const kube::Condition* ready =
      conditions ? kube::FindCondition(*conditions, domain::condition::kReady) : nullptr;
  if (ready == nullptr || !state.current) {
    state.reason = kWaiting;
    return;
  }
  state.ready = ready->status;
  state.reason = ready->reason;
  state.message = ready->message;
}

void AddDetail(std::string& details, const std::string& text) {
  if (text.empty()) return;
  if (!details.empty()) details += ", ";
  details += text;
}

std::string Details(const json::Reader& status) {
  std::string details;
  const auto labelled = [&](const char* label, const std::string& value) {
    if (!value.empty()) AddDetail(details, std::string(label) + " " + value);
  };
  labelled("version", status.StringOr("version", ""));
  labelled("regions", status.StringOr("replicated", ""));
  labelled("gallery", status.Object("gallery").StringOr("name", ""));
  labelled("images on", status.StringOr("imagesEnabled", ""));
  if (const auto attached = status.OptionalInteger("attachedCount")) {
    labelled("images", std::to_string(status.Object("imageCounts").IntegerOr("total", 0)));
    labelled("attached to", std::to_string(*attached));
  }
  return details;
}

std::string Cost(const json::Reader& cost) {
  const std::string monthly = cost.StringOr("monthly", "");
  if (monthly.empty()) return {};
  std::string text = cost.StringOr("basis", "") == "upperBound" ? "<= " : "";
  text += monthly + " " + cost.StringOr("currency", "") + "/month";
  const std::string once = cost.StringOr("oneTime", "");
  if (!once.empty() && once != "0.00") text += " + " + once + " once";
  return text;
}

}  // namespace

ObjectState ReadObjectState(const ObjectFacts& facts, const json::Value& status) {
  // What cannot be read is not shown; the operator's own reading is where it matters.
  json::Problems problems;
  const json::Reader reader(status, problems);
  ObjectState state{.key = facts.key, .kind = facts.kind, .deleting = facts.deleting};
  state.current = reader.IntegerOr("observedGeneration", 0) == facts.generation;
  ReadReady(status, state);
  state.replicated = reader.StringOr("replicated", "");
  for (const json::Reader& region : reader.Items("regions")) {
    state.regions.push_back({.name = region.StringOr("name", ""),
                             .state = region.StringOr("state", ""),
                             .progress = region.IntegerOr("progress", 0)});
  }
  state.details = Details(reader);
  state.cost = Cost(reader.Object("cost"));
  return state;
}

}  // namespace labgallery::cli
