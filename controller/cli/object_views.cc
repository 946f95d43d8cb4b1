#include "controller/cli/object_views.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "controller/cli/screen_text.h"
#include "controller/domain/reason.h"

namespace labgallery::cli {
namespace {

constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kRegionWidth = 22;

std::string ReadyText(const ObjectState& state) {
  if (!state.ready) return "Unknown";
  return std::string(kube::Name(*state.ready));
}

std::string Standing(const ObjectState& state) {
  std::string text = state.IsReady() ? "Ready" : "not ready";
  if (state.deleting) text = "being deleted";
  if (!state.reason.empty()) text += ", " + state.reason;
  if (!state.replicated.empty()) text += ", regions " + state.replicated;
  return text;
}

Colour ColourOf(const ObjectState& state) {
  if (state.IsReady()) return Colour::kGreen;
  const bool trouble =
      state.ready && domain::StandingOf(state.reason) == domain::Standing::kTrouble;
  return trouble ? Colour::kRed : Colour::kYellow;
}

std::string Bar(std::int64_t percent) {
  const auto share = static_cast<std::size_t>(std::clamp<std::int64_t>(percent, 0, 100));
  const std::size_t full = share * kBarWidth / 100;
  std::string bar;
  for (std::size_t i = 0; i < kBarWidth; ++i) bar += i < full ? "█" : "░";
  return bar;
}

bool IsFilling(const ObjectState& state) {
  return std::any_of(state.regions.begin(), state.regions.end(),
                     [](const RegionState& region) { return region.state != "Completed"; });
}

// A coloured mark in front of a line that was cut to the screen before.
std::string Line(const ObjectState& state, const FrameStyle& style) {
  std::string text = Pad(OneLine(state.kind), 18) + " " + Pad(state.Name(), 28) + " ";
  text += Standing(state);
  if (!state.message.empty() && !state.IsReady()) text += ": " + OneLine(state.message);
  const char* mark = state.IsReady() ? "● " : "○ ";
  const Colour colour = style.colour ? ColourOf(state) : Colour::kNone;
  return Coloured(mark, colour) + Fit(text, style.width < 2 ? 0 : style.width - 2);
}

void AddObject(const ObjectState& state, const FrameStyle& style, std::vector<std::string>& lines) {
  lines.push_back(Line(state, style));
  if (!IsFilling(state)) return;
  for (const RegionState& region : state.regions) {
    const std::int64_t percent = region.state == "Completed" ? 100 : region.progress;
    const std::string text = "    " + Pad(Fit(region.name, kRegionWidth), kRegionWidth) + " " +
                             Bar(percent) + " " + std::to_string(percent) + "% " + region.state;
    lines.push_back(Fit(text, style.width));
  }
}

// What still needs attention comes first; among equals the order stays.
std::vector<ObjectStatePtr> OpenFirst(std::span<const ObjectStatePtr> objects) {
  const auto is_open = [](const ObjectStatePtr& object) {
    return !object->IsReady() || IsFilling(*object);
  };
  std::vector<ObjectStatePtr> sorted;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(sorted), is_open);
  std::remove_copy_if(objects.begin(), objects.end(), std::back_inserter(sorted), is_open);
  return sorted;
}

}  // namespace

std::string ChangeLine(const ObjectNews& news) {
  const ObjectState& state = *news.state;
  std::string line = state.kind + " " + state.Name() + ": ";
  if (news.gone) return line + "gone";
  line += Standing(state);
  if (!state.message.empty()) line += ": " + OneLine(state.message);
  return line;
}

std::vector<std::string> Frame(const std::string& title, std::span<const ObjectStatePtr> objects,
                               const FrameStyle& style) {
  std::vector<std::string> lines{Fit(title, style.width)};
  std::size_t shown = 0;
  const std::vector<ObjectStatePtr> sorted = objects.size() + 1 > style.height
                                                 ? OpenFirst(objects)
                                                 : std::vector(objects.begin(), objects.end());
  for (const ObjectStatePtr& object : sorted) {
    std::vector<std::string> next;
    AddObject(*object, style, next);
    // One line is kept for what is left over.
    const std::size_t room = style.height - std::min(style.height, lines.size() + 1);
    if (next.size() > room) next.resize(std::min<std::size_t>(room, 1));
    if (next.empty()) break;
    for (std::string& line : next) lines.push_back(std::move(line));
    ++shown;
  }
  if (shown < sorted.size())
    lines.push_back(Fit("  and " + std::to_string(sorted.size() - shown) + " more", style.width));
  return lines;
}

std::vector<std::string> FinalTable(std::span<const ObjectStatePtr> objects) {
  if (objects.empty()) return {"no objects"};
  std::vector<std::vector<std::string>> rows{
      {"KIND", "NAMESPACE/NAME", "READY", "REASON", "DETAILS", "COST"}};
  std::vector<std::string> notes;
  for (const ObjectStatePtr& object : objects) {
    rows.push_back({object->kind, object->Name(), ReadyText(*object), object->reason,
                    object->details, object->cost});
    if (!object->IsReady() && !object->message.empty())
      notes.push_back(object->kind + " " + object->Name() + ": " + OneLine(object->message));
  }
  std::vector<std::string> lines = Aligned(rows);
  if (!notes.empty()) lines.emplace_back();
  lines.insert(lines.end(), notes.begin(), notes.end());
  return lines;
}

}  // namespace labgallery::cli
