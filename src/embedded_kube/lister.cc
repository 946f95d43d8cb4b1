#include "src/embedded_kube/lister.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace labgallery::embedded_kube {
namespace {

constexpr Duration kTokenLife = std::chrono::minutes(5);

Refusal InvalidOption(std::string path, std::string message) {
  const kube::ResourceType options{
      .group = "meta.k8s.io", .version = "", .kind = "ListOptions", .plural = ""};
  return Invalid(options, "", {{std::move(path), std::move(message)}});
}

std::int64_t SecondsOf(SystemTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

// Reads a number and the dot behind it.
bool TakeNumber(std::string_view& text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() + text.size() || *end != '.') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

// "<version>.<issued>.<namespace>/<name>": where the last page ended, of which version, and since
// when.
std::string Token(std::int64_t version, SystemTime now, const kube::ObjectKey& last) {
  return std::to_string(version) + "." + std::to_string(SecondsOf(now)) + "." + last.name_space +
         "/" + last.name;
}

}  // namespace

// What of a collection is asked for.
struct Lister::Page {
  std::optional<std::int64_t> exact;  // this version, otherwise the present
  std::optional<kube::ObjectKey> after;
  std::int64_t limit = 0;  // 0: no limit
};

Outcome<Lister::Page> Lister::ReadToken(const std::string& token) const {
  std::string_view rest(token);
  std::int64_t version = 0;
  std::int64_t issued = 0;
  const bool numbers = TakeNumber(rest, version) && TakeNumber(rest, issued);
  const auto slash = rest.find('/');
  if (!numbers || slash == std::string_view::npos)
    return Refuse(BadRequest("continue key is not valid"));
  const Duration age = std::chrono::seconds(SecondsOf(clock_.Now()) - issued);
  if (age > kTokenLife) {
    return Refuse(
        Expired("The provided continue parameter is too old to display a consistent list result. "
                "You can start a new list without the continue parameter."));
  }
  return Page{.exact = version,
              .after = kube::ObjectKey{std::string(rest.substr(0, slash)),
                                       std::string(rest.substr(slash + 1))}};
}

Outcome<Lister::Page> Lister::ReadPage(const Query& query) const {
  EMK_ASSIGN_OR_REFUSE(const auto limit, query.Number("limit"));
  EMK_ASSIGN_OR_REFUSE(const auto version, query.Number("resourceVersion"));
  const std::string match = query.Get("resourceVersionMatch");
  const std::string token = query.Get("continue");
  if (!token.empty()) {
    if (!match.empty()) {
      return Refuse(
          InvalidOption("resourceVersionMatch",
                        "Forbidden: resourceVersionMatch is forbidden when continue is provided"));
    }
    if (version.value_or(0) != 0) {
      return Refuse(BadRequest("specifying resource version is not allowed when using continue"));
    }
    EMK_ASSIGN_OR_REFUSE(Page page, ReadToken(token));
    page.limit = limit.value_or(0);
    return page;
  }
  if (!match.empty() && !version) {
    return Refuse(InvalidOption(
        "resourceVersionMatch",
        "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"));
  }
  if (match == "Exact" && version == 0) {
    return Refuse(InvalidOption(
        "resourceVersionMatch",
        R"(Forbidden: resourceVersionMatch "Exact" is forbidden for resourceVersion "0")"));
  }
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    return Refuse(InvalidOption(
        "resourceVersionMatch",
        "Unsupported value: \"" + match + R"(": supported values: "Exact", "NotOlderThan", "")"));
  }
  Page page;
  // "0" means whatever is at hand, and no paging.
  if (version != 0) page.limit = limit.value_or(0);
  const std::int64_t asked = version.value_or(0);
  if (asked > storage_.Version()) return Refuse(VersionTooLarge(asked, storage_.Version()));
  // A limit with a version and no word on how to match has always meant exactly that version.
  const bool exact = match == "Exact" || (match.empty() && page.limit > 0);
  if (asked > 0 && exact) page.exact = asked;
  return page;
}

Outcome<Snapshot> Lister::Read(const Call& call, const Page& page) const {
  if (!page.exact) return storage_.List(*call.resource, call.key.name_space);
  auto snapshot = storage_.ListAt(*call.resource, call.key.name_space, *page.exact);
  if (!snapshot) {
    return Refuse(
        Expired(page.after ? "The provided continue parameter is too old to display a consistent "
                             "list result. You can start a new list without the continue parameter."
                           : "The resourceVersion for the provided list is too old."));
  }
  return *std::move(snapshot);
}

Outcome<std::string> Lister::List(const Call& call, const Presentation& presentation) const {
  EMK_ASSIGN_OR_REFUSE(const Selection selection, Selection::Of(call));
  EMK_ASSIGN_OR_REFUSE(const Page page, ReadPage(call.query));
  EMK_ASSIGN_OR_REFUSE(Snapshot snapshot, Read(call, page));
  std::vector<ObjectPtr> selected;
  for (ObjectPtr& object : snapshot.objects) {
    if (page.after && object->key <= *page.after) continue;
    if (selection.Matches(*object)) selected.push_back(std::move(object));
  }
  ListMetadata metadata{
      .version = snapshot.version, .continue_token = "", .remaining = std::nullopt};
  const auto limit = static_cast<std::size_t>(page.limit);
  if (limit > 0 && selected.size() > limit) {
    const bool filtered = !selection.labels.empty() || !selection.fields.empty();
    if (!filtered) metadata.remaining = static_cast<std::int64_t>(selected.size() - limit);
    selected.resize(limit);
    metadata.continue_token = Token(snapshot.version, clock_.Now(), selected.back()->key);
  }
  return presentation.List(*call.resource, selected, metadata);
}

}  // namespace labgallery::embedded_kube
