#include "src/azure/client/azure_cli_tokens.h"

#include <algorithm>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr std::chrono::seconds kLongest{30};
constexpr std::size_t kMostWords = 600;

std::string FirstLine(std::string_view text) {
  text = Trim(text);
  return CutUtf8(text.substr(0, text.find_first_of("\r\n")), kMostWords);
}

// The names are the CLI's own. Older ones tell the end of the token's life in local time only,
// which says nothing for certain.
Result<AccessToken> ReadPrinted(const std::string& text, SystemTime now) {
  const auto printed = json::Parse(text);
  std::string token = printed ? std::string(printed->Text({"accessToken"})) : "";
  if (token.empty()) return NoToken("az printed no token");
  AccessToken read{.value = Secret(std::move(token))};
  const json::Value* ends = printed->Find("expires_on");
  const std::int64_t* seconds = ends == nullptr ? nullptr : ends->AsInteger();
  if (seconds != nullptr) {
    read.life = std::max(Duration(0), SystemTime(std::chrono::seconds(*seconds)) - now);
  }
  return read;
}

}  // namespace

Result<AccessToken> AzureCliTokens::Token(const std::string& audience,
                                          const std::stop_token& stop) {
  ChildCommand command{
      .program = "az",
      .arguments = {"account", "get-access-token", "--output", "json", "--resource", audience},
      .environment = programs_.environment,
      .timeout = kLongest};
  if (!tenant_.empty()) {
    command.arguments.emplace_back("--tenant");
    command.arguments.push_back(tenant_);
  }
  const auto outcome = programs_.run(command, stop);
  if (!outcome && outcome.error().kind == ErrorKind::kCancelled) return outcome.error();
  if (!outcome && outcome.error().kind == ErrorKind::kNotFound)
    return NoToken("there is no program az in the PATH");
  if (!outcome) return NoToken("az cannot be run: " + outcome.error().message);
  if (outcome->exit_status != 0) {
    const std::string words = FirstLine(outcome->errors);
    return NoToken("az ended with " + std::to_string(outcome->exit_status) +
                   (words.empty() ? "" : ": " + words));
  }
  return ReadPrinted(outcome->output, clock_.Now());
}

}  // namespace labgallery::azure
