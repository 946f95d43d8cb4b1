#include "controller/cli/simulator_control.h"

#include <utility>

#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::cli {

Result<http::Response> SimulatorControl::Send(http::Method method, const std::string& target,
                                              const std::string& body,
                                              const std::stop_token& stop) {
  http::Request request{.method = method, .url = endpoint_ + target, .headers = {}, .body = body};
  request.headers.Set("Content-Type", "application/json");
  auto response = transport_.Send(request, {.stop = stop});
  if (!response) return std::move(response).error().With("ask " + endpoint_);
  return response;
}

Result<bool> SimulatorControl::IsThere(const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const http::Response response,
                       Send(http::Method::kGet, "/simulator/settings", "", stop));
  return response.status == 200;
}

Result<std::vector<std::string>> SimulatorControl::Assume(
    const std::vector<Assumption>& assumptions, const std::stop_token& stop) {
  std::vector<std::string> made;
  for (const Assumption& assumption : assumptions) {
    const std::string target = "/simulator/resources?id=" + http::Escape(assumption.id);
    LAB_ASSIGN_OR_RETURN(const http::Response there, Send(http::Method::kGet, target, "", stop));
    const bool remove = assumption.method == "DELETE";
    if ((there.status == 200) != remove) continue;
    LAB_ASSIGN_OR_RETURN(const http::Response response,
                         remove
                             ? Send(http::Method::kDelete, target, "", stop)
                             : Send(http::Method::kPut, target, json::Dump(assumption.body), stop));
    if (response.status >= 300) {
      return InvalidInput("the simulator refuses " + assumption.method + " " + assumption.id +
                          ": " + response.body);
    }
    made.push_back(assumption.id);
  }
  return made;
}

}  // namespace labgallery::cli
