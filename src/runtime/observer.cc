#include "src/runtime/observer.h"

namespace labgallery::runtime {

std::string_view Name(PassResult result) {
  switch (result) {
    case PassResult::kDone:
      return "success";
    case PassResult::kAfter:
      return "requeue_after";
    case PassResult::kBackoff:
      return "error";
    case PassResult::kTerminal:
      return "terminal_error";
    case PassResult::kException:
      return "panic";
  }
  return "error";
}

}  // namespace labgallery::runtime
