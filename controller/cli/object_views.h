// Objects as lines for people: one line of a change, the frame of the live view, the table at the
// end. Pure; who prints them is display.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "controller/cli/followed_objects.h"
#include "controller/cli/object_state.h"

namespace labgallery::cli {

/// "Image labs/ubuntu-ml: Ready, Reconciled, regions 3/6: message".
std::string ChangeLine(const ObjectNews& news);

struct FrameStyle {
  std::size_t width = 80;
  std::size_t height = 24;
  bool colour = false;
};

/// At most `height` lines of at most `width` columns: `title`, then the objects, those that are not
/// Ready with their message and with a bar for each of their regions; what does not fit is counted.
std::vector<std::string> Frame(const std::string& title, std::span<const ObjectStatePtr> objects,
                               const FrameStyle& style);

/// KIND, NAMESPACE/NAME, READY, REASON, DETAILS and COST, aligned; below it the message of each
/// object that is not Ready.
std::vector<std::string> FinalTable(std::span<const ObjectStatePtr> objects);

}  // namespace labgallery::cli
