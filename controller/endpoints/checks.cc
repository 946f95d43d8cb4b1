#include "controller/endpoints/checks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::endpoints {
namespace {

http::Response Text(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-cache, no-store, must-revalidate"}},
          .body = std::move(text)};
}

struct Question {
  bool verbose = false;
  std::set<std::string> excluded;
};

Question Read(std::string_view query) {
  Question question;
  for (auto& [name, value] : http::ParseQuery(query)) {
    if (name == "verbose") question.verbose = true;
    if (name == "exclude") question.excluded.insert(std::move(value));
  }
  return question;
}

http::Response AnswerOne(const CheckGroup& group, std::string_view name) {
  const auto check = std::find_if(group.checks.begin(), group.checks.end(),
                                  [name](const Check& each) { return each.name == name; });
  if (check == group.checks.end())
    return Text(404, "there is no check " + std::string(name) + "\n");
  if (const auto trouble = check->trouble()) return Text(503, *trouble + "\n");
  return Text(200, "ok");
}

}  // namespace

http::Response Answer(const CheckGroup& group, std::string_view path, std::string_view query) {
  const std::string_view rest = path.substr(std::min(path.size(), group.name.size() + 1));
  if (rest.size() > 1) return AnswerOne(group, rest.substr(1));
  Question question = Read(query);
  bool good = true;
  std::string lines;
  for (const Check& check : group.checks) {
    if (question.excluded.erase(check.name) > 0) {
      lines += "[+]" + check.name + " excluded: ok\n";
    } else if (const auto trouble = check.trouble()) {
      lines += "[-]" + check.name + " failed: " + *trouble + "\n";
      good = false;
    } else {
      lines += "[+]" + check.name + " ok\n";
    }
  }
  if (!question.excluded.empty()) {
    const std::vector<std::string> unknown(question.excluded.begin(), question.excluded.end());
    lines += "warn: there is nothing to exclude by the name of " + Join(unknown, ", ") + "\n";
  }
  if (good && !question.verbose) return Text(200, "ok");
  lines += group.name + (good ? " check passed\n" : " check failed\n");
  return Text(good ? 200 : 503, std::move(lines));
}

}  // namespace labgallery::endpoints
