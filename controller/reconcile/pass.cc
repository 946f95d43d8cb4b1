#include "controller/reconcile/pass.h"

#include <algorithm>
#include <utility>

#include "controller/domain/arm.h"
#include "controller/domain/errors.h"
#include "src/base/text.h"
#include "src/http/model/retry_after.h"

namespace labgallery::reconcile {
namespace {

constexpr Duration kFirstBackoff = std::chrono::seconds(5);
constexpr Duration kLongestBackoff = std::chrono::minutes(5);
constexpr Duration kSlowest = std::chrono::minutes(15);
constexpr Duration kSlow = std::chrono::minutes(5);

// What passes by itself is trouble only when it stays so.
constexpr int kPatientAttempts = 4;

domain::Verdict VerdictOf(const Error& error, int attempts, const std::string& doing) {
  using enum kube::ConditionStatus;
  const azure::ErrorClass verdict = domain::Errors().Classify(error);
  if (attempts >= kPatientAttempts || verdict == azure::ErrorClass::kThrottled)
    return domain::VerdictOf(error, doing);
  // A child that has gone counts for 10 to 20 s more (Azure/azure-rest-api-specs#11559).
  if (verdict == azure::ErrorClass::kChildrenExist)
    return {kFalse, domain::Reason::kDeleting,
            doing + ": Azure still counts what was removed from it"};
  if (domain::IsPassing(error))
    return {kFalse, domain::Reason::kUpdating, doing + " is tried again: " + error.ToString()};
  return domain::VerdictOf(error, doing);
}

// What tells the answers to one object's reads apart.
std::string Question(const std::string& path, const Pass::Query& query) {
  std::string question = path;
  for (const auto& [name, value] : query) question += "&" + name + "=" + value;
  return question;
}

}  // namespace

Duration Sooner(const std::optional<Duration>& known, Duration other) {
  return known ? std::min(*known, other) : other;
}

Duration BackoffAfter(int attempts, Random& random) {
  const int doublings = std::min(attempts, 8);
  const Duration delay = std::min<Duration>(kLongestBackoff, kFirstBackoff * (1 << doublings));
  return delay - std::chrono::duration_cast<Duration>(delay * (0.2 * random.Fraction()));
}

Duration SlowDelay(Random& random) {
  return kSlow + std::chrono::duration_cast<Duration>((kSlowest - kSlow) * random.Fraction());
}

SteadyTime OnGrid(SteadyTime at, Duration interval) {
  // Where Azure answers soon, its pace is the grid.
  const Duration grid = std::clamp<Duration>(interval, std::chrono::milliseconds(50), kListGrid);
  return SteadyTime((at.time_since_epoch() + grid - Duration(1)) / grid * grid);
}

Pass::Pass(const Services& services, const Result<SessionPtr>& session, ObjectMemory& memory,
           Depth depth, std::stop_token stop)
    : services_(services),
      prices_(services.prices.Now()),
      session_(session),
      memory_(memory),
      depth_(session ? depth : Depth::kNone),
      stop_(std::move(stop)) {}

const domain::Seen* Pass::NotDueYet(std::string_view part, const azure::ResourceId& id) const {
  const auto running = memory_.running.find(std::string(part));
  const auto sighting = memory_.sightings.find(id.key());
  if (running == memory_.running.end() || sighting == memory_.sightings.end()) return nullptr;
  if (services_.clock.SteadyNow() >= running->second.operation.next_poll) return nullptr;
  return &sighting->second.seen;
}

const domain::Seen* Pass::SeenSince(SteadyTime not_before, const azure::ResourceId& id) const {
  const auto sighting = memory_.sightings.find(id.key());
  if (sighting == memory_.sightings.end() || sighting->second.at <= not_before) return nullptr;
  const domain::Seen& seen = sighting->second.seen;
  const bool settled =
      seen.present() && azure::PhaseOf(seen.body) == azure::OperationPhase::kSucceeded;
  return settled ? &seen : nullptr;
}

Result<std::optional<domain::Seen>> Pass::WithoutAsking(std::string_view part,
                                                        const azure::ResourceId& id,
                                                        bool row_tells) const {
  using Known = std::optional<domain::Seen>;
  if (depth_ == Depth::kNone) return Known(domain::Seen{});
  if (const domain::Seen* last = NotDueYet(part, id)) return Known(*last);
  if (depth_ == Depth::kBulk && row_tells) {
    LAB_ASSIGN_OR_RETURN(auto row, shared().BulkRow(id, LastWrite(), stop_));
    if (row) return Known(domain::Present(*std::move(row)));
  }
  return Known();
}

azure::Call Pass::CallTo(std::string path, std::string_view api_version, Query query) const {
  return {.path = std::move(path),
          .api_version = std::string(api_version),
          .query = std::move(query),
          .region = region,
          .correlation_id = correlation_id,
          .urgency = urgency,
          .stop = stop_};
}

Result<domain::Seen> Pass::Resource(std::string_view part, const azure::ResourceId& id,
                                    std::string_view api_version, Query query) {
  // A row never shows what a question in the query is about.
  LAB_ASSIGN_OR_RETURN(auto known, WithoutAsking(part, id, query.empty()));
  if (known) return *std::move(known);
  LAB_ASSIGN_OR_RETURN(Answered answered, Ask(CallTo(id.text(), api_version, std::move(query))));
  domain::Seen seen = answered.absent ? domain::AbsentInAzure()
                                      : domain::Present(std::move(answered.bodies.front()));
  return Noted(part, id, std::move(seen),
               services_.clock.SteadyNow() + answered.retry_after.value_or(NextInterval(part)));
}

const Answered* Pass::AskedBefore(const azure::Call& call) const {
  const auto known = memory_.answers.find(Question(call.path, call.query));
  return known == memory_.answers.end() ? nullptr : &known->second;
}

Answered Pass::Keep(const azure::Call& call, Answered answered) {
  answered.at = services_.clock.SteadyNow();
  return memory_.answers[Question(call.path, call.query)] = std::move(answered);
}

Result<Answered> Pass::Ask(const azure::Call& call) {
  if (const Answered* before = AskedBefore(call)) return *before;
  auto answer = azure().Get(call);
  if (!answer && answer.error().kind == ErrorKind::kNotFound) return Keep(call, {.absent = true});
  if (!answer) return std::move(answer).error();
  const auto told = http::RetryAfter(answer->headers, services_.clock.Now());
  Answered answered{.retry_after = told};
  answered.bodies.push_back(std::move(answer->body));
  return Keep(call, std::move(answered));
}

Result<Answered> Pass::AskAll(const azure::Call& call) {
  if (const Answered* before = AskedBefore(call)) return *before;
  auto items = azure().List(call);
  if (!items && items.error().kind == ErrorKind::kNotFound) return Keep(call, {});
  if (!items) return std::move(items).error();
  return Keep(call, {.bodies = *std::move(items)});
}

Result<domain::Seen> Pass::FromList(std::string_view part, const azure::ResourceId& id,
                                    Duration life) {
  LAB_ASSIGN_OR_RETURN(auto known, WithoutAsking(part, id, true));
  if (known) return *std::move(known);
  const auto running = memory_.running.find(std::string(part));
  const SteadyTime old_enough = services_.clock.SteadyNow() - life;
  SteadyTime not_before = old_enough;
  const auto sent = memory_.sent.find(id.key());
  if (sent != memory_.sent.end()) not_before = std::max(not_before, sent->second);
  const bool runs = running != memory_.running.end();
  const bool for_itself = runs || not_before > old_enough;
  // While its version is made, a definition of a large gallery is not read by itself again.
  if (const domain::Seen* last = runs ? nullptr : SeenSince(not_before, id)) return *last;
  if (for_itself && shared().AreInPages(id.Parent()))
    return Resource(part, id, domain::kGalleryVersion);
  // All who wait for their definitions wait for the same instants, so that one list serves them.
  if (runs) not_before = running->second.operation.next_poll;
  auto listed = shared().Definitions(id.Parent(), not_before, stop_);
  if (!listed) {
    return std::move(listed).error().With("list the definitions of " + id.Parent().text());
  }
  auto body = (*listed)->Find(id.name());
  domain::Seen seen = body ? domain::Present(*std::move(body)) : domain::AbsentInAzure();
  const Duration interval = NextInterval(part);
  return Noted(part, id, std::move(seen), OnGrid(services_.clock.SteadyNow() + interval, interval));
}

std::chrono::milliseconds Pass::NextInterval(std::string_view part) const {
  const auto running = memory_.running.find(std::string(part));
  return running == memory_.running.end() ? std::chrono::milliseconds(0)
                                          : running->second.operation.NextInterval();
}

// What was seen settles the operation on the part, and is what there is to see until Azure wants to
// be asked again.
Result<domain::Seen> Pass::Noted(std::string_view part, const azure::ResourceId& id,
                                 domain::Seen seen, SteadyTime next_poll) {
  const auto running = memory_.running.find(std::string(part));
  if (running != memory_.running.end()) running->second.operation.next_poll = next_poll;
  LAB_RETURN_IF_ERROR(Settle(part, seen));
  memory_.sightings[id.key()] = {seen, services_.clock.SteadyNow()};
  return seen;
}

Result<std::vector<json::Value>> Pass::ListWithin(Duration life, const std::string& path,
                                                  std::string_view api_version, Query query) {
  const SteadyTime now = services_.clock.SteadyNow();
  const std::string question = Question(path, query);
  const auto kept = memory_.lists.find(question);
  if (kept != memory_.lists.end() && now - kept->second.at < life &&
      kept->second.at >= LastWrite()) {
    const Duration rest = life - (now - kept->second.at);
    look_again_ = Sooner(look_again_, rest);
    return kept->second.items;
  }
  LAB_ASSIGN_OR_RETURN(auto items, List(path, api_version, std::move(query)));
  memory_.lists[question] = {items, now};
  return items;
}

Result<std::vector<json::Value>> Pass::List(const std::string& path, std::string_view api_version,
                                            Query query) {
  LAB_ASSIGN_OR_RETURN(Answered answered, AskAll(CallTo(path, api_version, std::move(query))));
  return std::move(answered.bodies);
}

Status Pass::Settle(std::string_view part, const domain::Seen& seen) {
  const auto found = memory_.running.find(std::string(part));
  if (found == memory_.running.end()) return Ok();
  const bool removing = found->second.verb == domain::Verb::kDelete;
  const bool succeeded =
      seen.present() && azure::PhaseOf(seen.body) == azure::OperationPhase::kSucceeded;
  if (removing ? seen.absent() : succeeded) {
    memory_.running.erase(found);
    memory_.failures.erase(std::string(part));
    return Ok();
  }
  if (seen.present() && azure::PhaseOf(seen.body) == azure::OperationPhase::kRunning) return Ok();
  return AskOperation(part);
}

Status Pass::SettleByList(std::string_view part, bool reached) {
  const auto found = memory_.running.find(std::string(part));
  if (found == memory_.running.end()) return Ok();
  if (reached) {
    memory_.running.erase(found);
    memory_.failures.erase(std::string(part));
    return Ok();
  }
  if (services_.clock.SteadyNow() < found->second.operation.next_poll) return Ok();
  return AskOperation(part);
}

// The resource does not say that it is moving: the operation itself knows whether it failed, and
// why.
Status Pass::AskOperation(std::string_view part) {
  const auto found = memory_.running.find(std::string(part));
  RunningWrite& running = found->second;
  auto state = azure().Poll(running.operation, stop_);
  if (!state) return std::move(state).error().With("read the operation on " + std::string(part));
  if (state->phase == azure::OperationPhase::kRunning) return Ok();
  const RunningWrite ended = std::move(running);
  memory_.running.erase(found);
  if (state->phase == azure::OperationPhase::kFailed) {
    if (ended.verb == domain::Verb::kPost) memory_.posted = false;
    const Error error = state->error.value_or(Unavailable("the operation failed without a reason"));
    const std::string doing =
        (ended.verb == domain::Verb::kDelete ? "delete " : "write ") + std::string(part);
    RememberFailure(memory_, {std::string(part), ended.generation, doing}, error, services_);
    if (on_failure) on_failure(error, doing);
  }
  return Ok();
}

std::map<std::string, domain::PartMemory> Pass::PartMemories(std::int64_t generation) const {
  std::map<std::string, domain::PartMemory> parts;
  const SteadyTime now = services_.clock.SteadyNow();
  for (const auto& [part, running] : memory_.running) {
    parts[part].running = domain::PartMemory::Running{
        running.verb, running.since, std::max(Duration(0), running.operation.next_poll - now)};
  }
  for (const auto& [part, accepted] : memory_.accepted) {
    if (accepted.generation == generation) parts[part].accepted = accepted.count;
  }
  for (const auto& [part, failure] : memory_.failures) {
    if (failure.generation != generation || failure.retry_at <= now) continue;
    parts[part].failure = domain::Failure{failure.verdict, failure.retry_at - now};
  }
  return parts;
}

void RememberFailure(ObjectMemory& memory, const Attempt& attempt, const Error& error,
                     const Services& services) {
  FailedWrite& failure = memory.failures[attempt.part];
  failure.attempts = failure.generation == attempt.generation ? failure.attempts + 1 : 0;
  failure.generation = attempt.generation;
  failure.verdict = VerdictOf(error, failure.attempts, attempt.doing);
  const SteadyTime now = services.clock.SteadyNow();
  const domain::Wait wait = domain::WaitAfter(error);
  switch (wait.kind) {
    case domain::Wait::Kind::kAfter:
      failure.retry_at = now + wait.after;
      break;
    case domain::Wait::Kind::kAtOnce:
      failure.retry_at = now;
      break;
    case domain::Wait::Kind::kSlowly:
      failure.retry_at = now + SlowDelay(services.random);
      break;
    default:
      failure.retry_at = now + BackoffAfter(failure.attempts, services.random);
      break;
  }
}

}  // namespace labgallery::reconcile
