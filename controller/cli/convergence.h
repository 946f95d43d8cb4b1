// Waiting until a world is settled, and seeing when it never will be. The operator does the work;
// this looks at the objects, has each looked at once more at the end, and shows how things go.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/cli/bell.h"
#include "controller/cli/display.h"
#include "controller/cli/followed_objects.h"
#include "controller/cli/outlook.h"
#include "controller/cli/pass_log.h"
#include "controller/reconcile/operator.h"
#include "src/kube/client/client.h"

namespace labgallery::cli {

/// Objects as the API holds them now, read by lists. Blocks for the requests.
Result<std::vector<ObjectStatePtr>> ReadObjectStates(kube::Client& client,
                                                     const std::stop_token& stop);

class Convergence {
 public:
  struct Parts {
    Clock& clock;
    kube::Client& client;
    reconcile::Operator& op;
    PassLog& passes;
    Bell& bell;  // rung after each pass and each change of an object
    FollowedObjects& objects;
    Display& display;
  };
  struct Rules {
    SteadyTime deadline = kNever;
    Duration pace{};  // between two looks at everything, at least
    std::function<std::string()> title = [] { return std::string(); };
    /// Whether a status that is held back, as progress is told once a minute, is waited for.
    bool await_statuses = true;
    /// Before each look; an error ends the wait.
    std::function<Status()> before_look = [] { return Ok(); };
  };
  enum class End {
    kSettled,
    kStuck,  // nothing will move, or trouble has lasted for kPatience
    kTimeout,
    kInterrupted,
  };
  /// So long may trouble last that can heal by itself: more than the operator's slow retry.
  static constexpr Duration kPatience = std::chrono::minutes(20);

  Convergence(Parts parts, Rules rules) : parts_(parts), rules_(std::move(rules)) {}

  /// Blocks. The clock must know the calling thread. An error is one of before_look, or of the
  /// Kubernetes API.
  Result<End> Wait(const std::stop_token& stop);

 private:
  Outlook Look(const std::vector<ObjectStatePtr>& objects) const;
  Result<bool> Confirm(Outlook outlook, const std::stop_token& stop);
  bool LastedTooLong(Outlook outlook);
  void Rest(const std::stop_token& stop);

  const Parts parts_;
  const Rules rules_;
  std::optional<SteadyTime> troubled_since_;
};

}  // namespace labgallery::cli
