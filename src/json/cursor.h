// Walks through JSON text without making a tree of it: for whoever wants a few members of many
// texts that this program has written itself. What nobody asks for is passed over; text from
// outside belongs into parse.h, which checks it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace labgallery::json {

/// Stands before a value, which is read or passed over by exactly one call: Enter..., Text, Number
/// or Skip. Inside an object NextMember moves to the next value, in an array NextItem. A call that
/// does not fit what is there passes it over, gives nothing, and the walk goes on; behind text that
/// is no JSON everything has ended. The text must outlive it.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  /// False if here is no object; NextMember is not to be called then.
  bool EnterObject() { return Enter('{'); }
  /// The next member's name; nothing at the end of the object, which is left by that.
  std::optional<std::string_view> NextMember();
  bool EnterArray() { return Enter('['); }
  /// False at the end of the array, which is left by that.
  bool NextItem() { return Next(']'); }

  /// The string here, as written: escapes are not undone. Nothing where there is another value.
  std::optional<std::string_view> Text();
  std::optional<double> Number();
  void Skip();

 private:
  bool Enter(char bracket);
  bool Next(char end);
  void SkipBlanks();
  std::string_view ReadString();  // the quote is next
  char Peek() { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace labgallery::json
