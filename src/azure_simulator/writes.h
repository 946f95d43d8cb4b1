// The second half of every write: after a handler has checked a request, what it changes is stored
// here, its operation begins, and the answer has the status and headers of the type's style.
#pragma once

#include "src/azure_simulator/resource_path.h"
#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

struct Write {
  Resource resource;  // as it will be, but for state and operation
  bool creates = false;
  bool slow = false;        // Azure asks to poll once a minute
  bool shows_done = false;  // the resource says Succeeded at once, beside its open operation
  bool at_once = false;     // done when it is answered, whatever the type's style is
  Duration takes{0};
};

/// 201 or 200 with the resource (202 where the style is Location), and the operation's headers.
http::Response Accept(World& world, const Call& call, Write write);

struct Removal {
  Duration takes{0};
  Duration listed_longer{0};  // still seen after its operation has ended
  bool slow = false;
};

/// 202 and the operation's headers; 204 from the Synchronous style.
http::Response AcceptDelete(World& world, const Call& call, Resource& resource,
                            const Removal& removal);

/// 409 while an operation runs on the resource, unless settings allow writes then.
Check NotBusy(const World& world, const Resource& resource);

/// The operation's end, when it is due: states, what follows from it, the parent's ghost.
void Finish(World& world, Operation& operation);

/// Lets a version's open operation end when its replicas now do.
void Reschedule(World& world, const Resource& version);

/// Everything that has become due up to world.now.
void Advance(World& world);

}  // namespace labgallery::azure_simulator
