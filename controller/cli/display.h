// Where `apply` shows how things go: redrawn in place on a terminal, one line per change otherwise.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "controller/cli/object_views.h"

namespace labgallery::cli {

struct ScreenSize {
  std::size_t width = 80;
  std::size_t height = 24;
};

struct DisplayOptions {
  bool live = false;  // redraw in place; needs a terminal
  bool colour = false;
  std::function<ScreenSize()> size = [] { return ScreenSize{}; };
};

/// Thread-safe.
class Display {
 public:
  Display(std::ostream& out, DisplayOptions options) : out_(out), options_(std::move(options)) {}
  ~Display() { Finish(); }
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  /// A line that stays, above whatever is redrawn.
  void Say(const std::string& line);
  /// The changes as lines, or all objects in place.
  void Show(const std::string& title, const std::vector<ObjectNews>& news,
            std::span<const ObjectStatePtr> all);
  /// What was drawn in place goes.
  void Finish();

  bool live() const { return options_.live; }

 private:
  // The caller holds mutex_:
  void Erase();
  void Draw();
  void Tell(const ObjectNews& news);

  std::ostream& out_;
  const DisplayOptions options_;
  std::mutex mutex_;
  std::vector<std::string> frame_;            // guarded by mutex_; what is on the screen now
  std::map<runtime::Key, std::string> told_;  // guarded by mutex_; the last line of each
};

}  // namespace labgallery::cli
