#include "src/azure_simulator/operations.h"

#include <utility>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

/// `length` characters of base64url that follow from `seed`.
std::string Gibberish(std::uint64_t seed, std::size_t length) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text(length, 'A');
  std::uint64_t state = seed | 1U;
  for (char& c : text) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = kAlphabet[state >> 58U];
  }
  return text;
}

/// The certificate that the service puts into every URL.
const std::string& Certificate() {
  static const std::string kText = "MII" + Gibberish(2018, 3300);
  return kText;
}

}  // namespace

Operation& Operations::Add(Operation operation) {
  Changed(operation.id);
  std::string id = operation.id;
  return map_.insert_or_assign(std::move(id), std::move(operation)).first->second;
}

Operation* Operations::Find(std::string_view id) {
  const auto found = map_.find(id);
  return found == map_.end() ? nullptr : &found->second;
}

void Operations::Forget(std::string_view id) {
  const auto found = map_.find(id);
  if (found == map_.end()) return;
  Changed(id);
  map_.erase(found);
}

void Operations::Touch(const Operation& operation) { Changed(operation.id); }

void Operations::Changed(std::string_view id) {
  if (keeps_unsaved_) unsaved_.emplace_back(id);
}

void Operations::Schedule(SystemTime due, Event::Kind kind, std::string subject) {
  events_.push({due, next_number_++, kind, std::move(subject)});
}

std::optional<Operations::Event> Operations::TakeDue(SystemTime now) {
  if (events_.empty() || events_.top().due > now) return std::nullopt;
  Event event = events_.top();
  events_.pop();
  return event;
}

void Operations::Clear() {
  for (const auto& [id, operation] : map_) Changed(id);
  map_.clear();
  events_ = {};
}

std::string OperationQuery(const Operation& operation) {
  const auto micros = operation.started.time_since_epoch().count();
  // .NET ticks, as the service writes instants: 100 ns since the year 1.
  const std::string ticks = std::to_string(621355968000000000LL + micros * 10);
  const std::uint64_t seed = Fnv1a(operation.id, Fnv1a(ticks));
  return http::BuildQuery({{"api-version", operation.api_version},
                           {"t", ticks},
                           {"c", Certificate()},
                           {"s", Gibberish(seed, 342)},
                           {"h", Gibberish(~seed, 43)}});
}

std::string_view Name(Operation::Status status) {
  switch (status) {
    case Operation::Status::kInProgress:
      return "InProgress";
    case Operation::Status::kSucceeded:
      return "Succeeded";
    case Operation::Status::kFailed:
      return "Failed";
  }
  return "InProgress";
}

}  // namespace labgallery::azure_simulator
