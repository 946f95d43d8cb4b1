#include "controller/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace labgallery::cli {

bool IsTerminal(int descriptor) { return isatty(descriptor) == 1; }

ScreenSize SizeOf(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row < 2) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace labgallery::cli
