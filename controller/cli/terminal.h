// What the terminal behind a stream is like.
#pragma once

#include "controller/cli/display.h"

namespace labgallery::cli {

bool IsTerminal(int descriptor);

/// As the terminal says now; 80 by 24 where it does not.
ScreenSize SizeOf(int descriptor);

}  // namespace labgallery::cli
