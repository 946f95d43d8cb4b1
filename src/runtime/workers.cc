#include "src/runtime/workers.h"

#include <exception>
#include <utility>

namespace labgallery::runtime {
namespace {

PassResult ResultOf(const Outcome& outcome) {
  if (std::holds_alternative<After>(outcome)) return PassResult::kAfter;
  if (std::holds_alternative<Backoff>(outcome)) return PassResult::kBackoff;
  if (std::holds_alternative<Terminal>(outcome)) return PassResult::kTerminal;
  return PassResult::kDone;
}

const Error* ErrorOf(const Outcome& outcome) {
  if (const auto* backoff = std::get_if<Backoff>(&outcome)) return &backoff->error;
  if (const auto* terminal = std::get_if<Terminal>(&outcome)) return &terminal->error;
  return nullptr;
}

}  // namespace

Workers::Workers(Parts parts, std::vector<Reconciler> reconcilers, Hooks hooks)
    : parts_(parts),
      reconcilers_(std::move(reconcilers)),
      hooks_(std::move(hooks)),
      threads_(parts.clock) {}

void Workers::Start(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    threads_.Start([this](const std::stop_token& stop) {
      while (RunOnce(stop)) {
      }
    });
  }
}

void Workers::Stop(Duration grace) {
  threads_.WaitUntilEnded(parts_.clock.SteadyNow() + grace);
  threads_.Stop();
}

bool Workers::RunOnce(const std::stop_token& stop) {
  const auto key = parts_.queue.Take(stop);
  if (!key) return false;
  if (key->type < reconcilers_.size() && reconcilers_[key->type]) {
    Conclude(*key, Run(*key, stop));
    if (hooks_.after) hooks_.after(*key);
  }
  parts_.queue.Done(*key);
  return true;
}

Outcome Workers::Run(const Key& key, const std::stop_token& stop) {
  const SteadyTime start = parts_.clock.SteadyNow();
  Outcome outcome;
  PassResult result = PassResult::kException;
  // The one place where an exception of a pass ends: the other keys go on (CT-02).
  try {
    if (hooks_.before) {
      if (auto instead = hooks_.before(key, stop)) return *std::move(instead);
    }
    outcome = reconcilers_[key.type](key, stop);
    result = ResultOf(outcome);
  } catch (const std::exception& thrown) {
    outcome = Backoff{InternalError(std::string("exception in a reconcile: ") + thrown.what())};
  } catch (...) {
    outcome = Backoff{InternalError("exception of an unknown type in a reconcile")};
  }
  if (parts_.observer.on_pass) {
    parts_.observer.on_pass(key, result, parts_.clock.SteadyNow() - start, ErrorOf(outcome));
  }
  return outcome;
}

void Workers::Conclude(const Key& key, const Outcome& outcome) {
  if (const auto* backoff = std::get_if<Backoff>(&outcome)) {
    parts_.queue.AddAfterFailure(key,
                                 backoff->error.retry_after.value_or(std::chrono::milliseconds(0)));
    return;
  }
  parts_.queue.Forget(key);
  if (const auto* after = std::get_if<After>(&outcome)) parts_.queue.AddAfter(key, after->delay);
}

}  // namespace labgallery::runtime
