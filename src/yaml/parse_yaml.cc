#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <utility>

#include "src/yaml/encoding.h"
#include "src/yaml/parse.h"
#include "src/yaml/scalar.h"
#include "src/yaml/split.h"

namespace labgallery::yaml {
namespace {

// Builds our tree from yaml-cpp's events: its own tree keeps duplicate keys and looks keys up in
// linear time. After a problem it goes on, to find the next one; what it has built is thrown away
// then.
class Builder : public YAML::EventHandler {
 public:
  Builder(const Limits& limits, int document, int first_line, std::vector<Problem>& problems)
      : limits_(limits), first_line_(first_line), problems_(problems) {
    document_.number = document;
  }

  bool saw_document() const { return saw_document_; }
  /// Something is wrong with more than single values: what was built has gaps.
  bool broken() const { return broken_; }
  Document Take() { return std::move(document_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    saw_document_ = true;
    document_.positions.insert_or_assign("", At(mark));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (skipping_ > 0) return;
    if (AwaitsKey()) return BadKey(mark, "null");
    Begin(mark);
    Complete({.value = {}}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (skipping_ > 0) return;
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      Report(mark, "an alias must not stand inside of what it names", "write the value out");
      return Complete({.value = {}}, 0);
    }
    if (AwaitsKey()) return Key(mark, found->second.value);
    Begin(mark);
    alias_nodes_ += found->second.nodes;
    if (alias_nodes_ > limits_.max_alias_nodes ||
        open_.size() + found->second.depth > limits_.max_depth) {
      if (std::exchange(too_big_, true)) return Complete({.value = {}}, 0);
      Report(mark, "its aliases make the document too large or too deep", "write the values out");
      return Complete({.value = {}}, 0);
    }
    Complete(found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (skipping_ > 0) return;
    if (AwaitsKey()) {
      plain_key_ = tag == "?";
      if (anchor != 0) anchors_[anchor] = {.value = json::Value(text)};
      return Key(mark, json::Value(text));
    }
    Begin(mark);
    Complete({.value = Resolve(mark, tag, text)}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, json::Value(json::Value::Array()));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, json::Value(json::Value::Object()));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

 private:
  struct Node {
    json::Value value;
    std::size_t nodes = 1;
    std::size_t depth = 0;
  };
  struct Frame {
    Node node;
    std::string path;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  // read, and its value is awaited
    bool merging = false;            // that key is a plain <<
    std::map<std::string, Position> keys;
    std::vector<json::Value> merged;
    bool is_key = false;  // a mapping or sequence where a key should be
  };

  Position At(const YAML::Mark& mark) const { return {mark.line + first_line_, mark.column + 1}; }

  void Report(const YAML::Mark& mark, std::string reason, std::string remedy) {
    broken_ = true;
    Doubt(mark, std::move(reason), std::move(remedy));
  }
  void Doubt(const YAML::Mark& mark, std::string reason, std::string remedy) {
    problems_.push_back(
        {document_.number, At(mark), ChildPath(), std::move(reason), std::move(remedy)});
  }

  bool AwaitsKey() const {
    return !open_.empty() && open_.back().node.value.IsObject() && !open_.back().key;
  }

  std::string ChildPath() const {
    if (open_.empty()) return "";
    const Frame& parent = open_.back();
    if (const auto* items = parent.node.value.AsArray())
      return ItemPath(parent.path, items->size());
    return parent.key ? MemberPath(parent.path, *parent.key) : parent.path;
  }

  /// A value begins here; a member's position is that of its key, noted when that was read.
  void Begin(const YAML::Mark& mark) {
    if (open_.empty() || open_.back().node.value.IsArray())
      document_.positions[ChildPath()] = At(mark);
  }

  void BadKey(const YAML::Mark& mark, std::string_view what) {
    Report(mark, "a key must be text, not " + std::string(what), "put it in quotes if it is text");
    open_.back().key = "?";
  }

  void Key(const YAML::Mark& mark, const json::Value& value) {
    Frame& frame = open_.back();
    const std::string* text = value.AsString();
    if (text == nullptr) return BadKey(mark, json::Name(value.kind()));
    frame.merging = std::exchange(plain_key_, false) && *text == "<<";
    frame.key = *text;
    const auto [first, is_new] = frame.keys.try_emplace(*text, At(mark));
    if (!is_new) {
      Doubt(mark, KeyTwice(*text, first->second), "keep one of them");
    } else if (!frame.merging) {
      document_.positions[MemberPath(frame.path, *text)] = At(mark);
    }
  }

  json::Value Resolve(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    Scalar scalar = ReadScalar(tag, text);
    if (scalar.reason.empty()) return std::move(scalar.value);
    Doubt(mark, std::move(scalar.reason), std::move(scalar.remedy));
    return text;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            json::Value value) {
    if (skipping_ > 0) {
      ++skipping_;
      return;
    }
    Scalar tagged = ReadCollectionTag(tag, value.IsArray() ? "seq" : "map");
    if (!tagged.reason.empty()) Report(mark, std::move(tagged.reason), std::move(tagged.remedy));
    if (open_.size() >= limits_.max_depth) {
      Report(mark, "nested deeper than " + std::to_string(limits_.max_depth) + " levels",
             "write it flatter");
      skipping_ = 1;
      return;
    }
    Frame frame;
    frame.is_key = AwaitsKey();
    if (frame.is_key)
      BadKey(mark, json::Name(value.kind()));
    else
      Begin(mark);
    frame.node.value = std::move(value);
    frame.path = ChildPath();
    frame.anchor = anchor;
    if (frame.is_key) open_.back().key.reset();
    open_.push_back(std::move(frame));
  }

  void Close() {
    if (skipping_ > 0) {
      if (--skipping_ == 0) Complete({.value = {}}, 0);
      return;
    }
    Frame frame = std::move(open_.back());
    open_.pop_back();
    if (frame.is_key) {
      open_.back().key = "?";
      return;
    }
    for (const json::Value& source : frame.merged) {
      for (const auto& [name, value] : *source.AsObject()) {
        if (frame.node.value.Find(name) == nullptr) frame.node.value.Set(name, value);
      }
    }
    ++frame.node.depth;
    Complete(std::move(frame.node), frame.anchor);
  }

  void Complete(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      document_.value = std::move(node.value);
      return;
    }
    Frame& parent = open_.back();
    parent.node.nodes += node.nodes;
    parent.node.depth = std::max(parent.node.depth, node.depth);
    if (parent.node.value.IsArray()) {
      parent.node.value.Push(std::move(node.value));
    } else if (parent.merging) {
      Merge(parent, std::move(node.value));
    } else {
      parent.node.value.Set(parent.key.value_or("?"), std::move(node.value));
    }
    parent.key.reset();
  }

  void Merge(Frame& frame, json::Value source) {
    json::Value::Array sources;
    if (const auto* list = source.AsArray())
      sources = *list;
    else
      sources.push_back(std::move(source));
    for (json::Value& one : sources) {
      if (one.IsObject()) {
        frame.merged.push_back(std::move(one));
        continue;
      }
      broken_ = true;
      problems_.push_back({document_.number, frame.keys.find("<<")->second, frame.path,
                           "\"<<\" must be given a mapping, or a list of mappings",
                           "put it in quotes if it is meant as a key"});
    }
  }

  const Limits& limits_;
  int first_line_;
  std::vector<Problem>& problems_;
  Document document_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t alias_nodes_ = 0;
  int skipping_ = 0;  // how deep we are inside of something that is left out
  bool plain_key_ = false;
  bool too_big_ = false;
  bool saw_document_ = false;
  bool broken_ = false;
};

std::string RemedyFor(const std::string& message) {
  if (message.find("tab") != std::string::npos) return "indent with blanks";
  return "check the indentation and the quotes here and above";
}

/// Reads one piece of text that holds at most one document, the number-th; true if it held one.
bool ReadChunk(const Chunk& chunk, const Limits& limits, int number, Parsed& parsed) {
  const std::size_t problems_before = parsed.problems.size();
  std::istringstream stream{std::string(chunk.text)};
  Builder builder(limits, number, chunk.first_line, parsed.problems);
  Builder rest(limits, number, chunk.first_line, parsed.problems);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    // yaml-cpp takes what follows a complete value for a next document, even without a marker.
    if (parser.HandleNextDocument(rest)) {
      parsed.problems.push_back({number, rest.Take().PositionOf(""), "",
                                 "not YAML: this does not belong to what stands above it",
                                 "check the indentation here and above"});
    }
  } catch (const YAML::Exception& error) {
    const Position at = error.mark.is_null()
                            ? Position{}
                            : Position{error.mark.line + chunk.first_line, error.mark.column + 1};
    parsed.problems.push_back({number, at, "", "not YAML: " + error.msg, RemedyFor(error.msg)});
    return true;
  }
  if (!builder.saw_document()) return false;
  if (builder.broken() || rest.saw_document()) return true;
  Document document = builder.Take();
  const bool sound = parsed.problems.size() == problems_before;
  if (!document.value.IsNull())
    (sound ? parsed.documents : parsed.doubtful).push_back(std::move(document));
  return true;
}

}  // namespace

Parsed ParseYaml(std::string_view text, const Limits& limits) {
  Parsed parsed;
  if (auto problem = ProblemOfText(text, limits)) {
    parsed.problems.push_back(*std::move(problem));
    return parsed;
  }
  int number = 1;
  for (const Chunk& chunk : SplitDocuments(text)) {
    if (ReadChunk(chunk, limits, number, parsed)) ++number;
  }
  return parsed;
}

}  // namespace labgallery::yaml
