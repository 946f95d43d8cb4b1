#include "controller/cli/display.h"

#include <utility>

namespace labgallery::cli {
namespace {

constexpr const char* kHideCursor = "\x1b[?25l";
constexpr const char* kShowCursor = "\x1b[?25h";
constexpr const char* kClearBelow = "\x1b[0J";

}  // namespace

void Display::Erase() {
  if (frame_.empty()) return;
  out_ << "\x1b[" << frame_.size() << "A\r" << kClearBelow;
}

void Display::Draw() {
  for (const std::string& line : frame_) out_ << line << "\n";
  out_.flush();
}

void Display::Say(const std::string& line) {
  std::lock_guard guard(mutex_);
  Erase();
  out_ << line << "\n";
  Draw();
}

// A region's progress alone is no line, and an object that nobody has looked at has nothing to say.
void Display::Tell(const ObjectNews& news) {
  const ObjectState& state = *news.state;
  if (!state.ready && !state.deleting && !news.gone) return;
  std::string line = ChangeLine(news);
  std::string& told = told_[state.key];
  if (line == told) return;
  out_ << line << "\n";
  told = std::move(line);
}

void Display::Show(const std::string& title, const std::vector<ObjectNews>& news,
                   std::span<const ObjectStatePtr> all) {
  std::lock_guard guard(mutex_);
  if (!options_.live) {
    for (const ObjectNews& one : news) Tell(one);
    out_.flush();
    return;
  }
  const ScreenSize size = options_.size();
  // The line below the frame is where the cursor stands.
  std::vector<std::string> frame = Frame(
      title, all, {.width = size.width, .height = size.height - 1, .colour = options_.colour});
  if (frame == frame_) return;
  if (frame_.empty()) out_ << kHideCursor;
  Erase();
  frame_ = std::move(frame);
  Draw();
}

void Display::Finish() {
  std::lock_guard guard(mutex_);
  if (frame_.empty()) return;
  Erase();
  frame_.clear();
  out_ << kShowCursor;
  out_.flush();
}

}  // namespace labgallery::cli
