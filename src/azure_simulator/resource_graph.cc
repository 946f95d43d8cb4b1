#include "src/azure_simulator/resource_graph.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "src/azure_simulator/inventory.h"
#include "src/azure_simulator/kql.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::size_t kMostRows = 1000;

struct Request {
  KqlQuery query;
  std::vector<std::string> subscriptions;  // empty: all
  std::size_t top = kMostRows;
  std::string after;                 // of the token, "" at the start
  std::optional<std::size_t> total;  // known from the first page on
};

/// Tokens are "<total>:<id>".
Check ReadToken(const std::string& token, Request& request) {
  if (token.empty()) return {};
  const auto colon = token.find(':');
  std::size_t total = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), total);
  if (colon == std::string::npos || error != std::errc() || end != token.data() + colon) {
    return ArmError{400, "BadRequest", "The $skipToken is invalid.", "$skipToken"};
  }
  request.total = total;
  request.after = token.substr(colon + 1);
  return {};
}

Check ReadOptions(const json::Value& body, Request& request) {
  if (EqualsIgnoreCase(body.Text({"options", "resultFormat"}), "table")) {
    return NotModelled("resultFormat table");
  }
  if (const json::Value* top = body.At({"options", "$top"})) {
    const std::int64_t* count = top->AsInteger();
    if (count == nullptr || *count < 1 || *count > static_cast<std::int64_t>(kMostRows)) {
      return ArmError{400, "BadRequest", "$top has to be between 1 and 1000.", "$top"};
    }
    request.top = static_cast<std::size_t>(*count);
  }
  return ReadToken(std::string(body.Text({"options", "$skipToken"})), request);
}

Outcome<Request> ReadRequest(const json::Value& body) {
  Request request;
  LAB_ASSIGN_OR_RETURN(request.query, ParseKql(body.Text({"query"})));
  if (request.query.table != "resources") return NotModelled("the table " + request.query.table);
  if (const json::Value* list = body.Find("subscriptions"); list != nullptr && list->IsArray()) {
    for (const json::Value& item : *list->AsArray()) {
      if (item.IsString()) request.subscriptions.push_back(Lower(*item.AsString()));
    }
  }
  std::sort(request.subscriptions.begin(), request.subscriptions.end());
  LAB_RETURN_IF_ERROR(ReadOptions(body, request));
  return request;
}

bool Matches(const Request& request, const InventoryRow& row) {
  return std::all_of(request.query.conditions.begin(), request.query.conditions.end(),
                     [&row](const KqlCondition& condition) {
                       return Holds(condition, [&row](const auto& path) { return row.Get(path); });
                     });
}

json::Value Projected(const KqlQuery& query, const InventoryRow& row) {
  if (query.columns.empty()) return row.Whole();
  json::Value shown = json::Value::Object();
  for (const KqlColumn& column : query.columns) {
    json::Value value = row.Get(column.field.path);
    if (column.field.lower && value.IsString()) value = json::Value(Lower(*value.AsString()));
    shown.Set(column.name, std::move(value));
  }
  return shown;
}

/// Azure gives a token only where the id is among the columns and nothing has been cut off.
bool CanContinue(const KqlQuery& query) {
  if (query.take) return false;
  return query.columns.empty() ||
         std::any_of(query.columns.begin(), query.columns.end(),
                     [](const KqlColumn& column) { return EqualsIgnoreCase(column.name, "id"); });
}

struct Page {
  json::Value data = json::Value::Array();
  std::size_t rows = 0;
  std::size_t matches = 0;
  std::string last;
};

Page Collect(const World& world, const Request& request) {
  Page page;
  const std::size_t most = std::min(request.top, request.query.take.value_or(request.top));
  const InventoryScope scope{.subscriptions = request.subscriptions,
                             .types = RequiredValues(request.query, "type"),
                             .after = request.after};
  VisitInventory(world, scope, [&](const InventoryRow& row) {
    if (!Matches(request, row)) return true;
    ++page.matches;
    if (page.rows < most) {
      page.data.Push(Projected(request.query, row));
      page.last = row.key();
      ++page.rows;
      return true;
    }
    return !request.total.has_value();  // the first page counts on, for totalRecords
  });
  return page;
}

json::Value AnswerOf(const Request& request, Page page) {
  const bool more = page.matches > page.rows;
  const std::size_t total = request.total.value_or(
      request.query.take ? std::min(page.matches, *request.query.take) : page.matches);
  json::Value answer;
  answer.Set("totalRecords", static_cast<std::int64_t>(total));
  answer.Set("count", static_cast<std::int64_t>(page.rows));
  answer.Set("data", std::move(page.data));
  answer.Set("facets", json::Value::Array());
  const bool continues = more && CanContinue(request.query);
  answer.Set("resultTruncated", more && !continues && !request.query.take ? "true" : "false");
  if (continues) answer.Set("$skipToken", std::to_string(total) + ":" + page.last);
  return answer;
}

void AddQuotaHeaders(const World& world, http::Response& response) {
  const auto left =
      std::chrono::ceil<std::chrono::seconds>(world.throttle.query_window_left(world.now));
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "00:00:%02d", static_cast<int>(left.count()));
  response.headers.Set("x-ms-user-quota-remaining", std::to_string(world.throttle.queries_left()));
  response.headers.Set("x-ms-user-quota-resets-after", text.data());
}

}  // namespace

Answer QueryResources(World& world, const Call& call) {
  if (world.settings.throttling) {
    if (const auto wait = world.throttle.TakeQuery(world.now)) {
      http::Response response =
          ErrorResponse({429, "RateLimiting", "Too many queries in the current window.", {}});
      SetRetryAfter(world, *wait, response.headers);
      AddQuotaHeaders(world, response);
      return response;
    }
  }
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_ASSIGN_OR_RETURN(const Request request, ReadRequest(body));
  http::Response response = Json(200, AnswerOf(request, Collect(world, request)));
  AddQuotaHeaders(world, response);
  return response;
}

}  // namespace labgallery::azure_simulator
