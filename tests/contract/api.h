// The API server that the contract is put to, and the words in which the contract asks. The suite
// knows a server only as transport and origin; a binary per server says which one
// (embedded_api.cc, real_api.cc).
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/http/model/transport.h"
#include "src/json/value.h"
#include "src/kube/model/answer.h"

namespace labgallery::contract {

struct ApiUnderTest {
  http::HttpTransport& transport;
  std::string origin;
  Clock& clock;                        // by which the server's minutes pass
  bool real = false;                   // a kube-apiserver
  std::function<void()> forget_past;   // makes the server forget what happened until now
  std::function<void(Duration)> pass;  // lets time pass
};

/// Supplied by each binary.
ApiUnderTest& TheApi();

/// JSON from a literal; a test fails if it is none.
json::Value Json(std::string_view text);

/// An answer with its body read.
struct Answer {
  int status = 0;
  json::Value body;
  http::Headers headers;
  std::string text;

  std::string Text(std::initializer_list<std::string_view> path) const {
    return std::string(body.Text(path));
  }
  std::string version() const { return Text({"metadata", "resourceVersion"}); }
  std::int64_t generation() const;
  /// The texts of all Warning headers, a line each.
  std::string Warnings() const;
};

/// A watch, event by event.
class Events {
 public:
  explicit Events(http::StreamResponse response) : response_(std::move(response)) {}
  int status() const { return response_.status; }
  /// The next event; nothing at the end of the stream.
  std::optional<kube::WatchEvent> Next();
  /// "ADDED name", "BOOKMARK", ... of the next event; "end" at the end.
  std::string NextLine();
  /// The same, with bookmarks passed over.
  std::string NextChange();

 private:
  http::StreamResponse response_;
  std::string buffer_;
};

// The contract's own kinds: Widget is namespaced and has a status of its own, Gadget is neither.
inline constexpr std::string_view kApi = "/apis/contract.labgallery.test/v1";

/// Creates the definitions, unless they are there, and waits until they are served.
void InstallKinds();

/// Each test works in a namespace of its own.
class Contract : public testing::Test {
 protected:
  Contract();

  Answer Call(http::Method method, const std::string& path, const json::Value& body = {},
              const std::string& content_type = "application/json");
  Answer CallWith(http::Request request);
  Answer Get(const std::string& path) { return Call(http::Method::kGet, path); }
  Answer Post(const std::string& path, const json::Value& body) {
    return Call(http::Method::kPost, path, body);
  }
  Answer Put(const std::string& path, const json::Value& body) {
    return Call(http::Method::kPut, path, body);
  }
  Answer Delete(const std::string& path, const json::Value& body = {}) {
    return Call(http::Method::kDelete, path, body);
  }
  Answer JsonPatch(const std::string& path, const std::string& operations) {
    return Call(http::Method::kPatch, path, Json(operations), "application/json-patch+json");
  }
  Answer MergePatch(const std::string& path, const std::string& patch) {
    return Call(http::Method::kPatch, path, Json(patch), "application/merge-patch+json");
  }
  Events Watch(const std::string& path);

  /// A Widget with that name; `members` are those of its spec, `metadata` more metadata.
  json::Value Widget(const std::string& name, const std::string& spec = R"({"size": 1})",
                     const std::string& metadata = "{}") const;
  Answer CreateWidget(const std::string& name, const std::string& spec = R"({"size": 1})",
                      const std::string& metadata = "{}");

  std::string Widgets() const;
  std::string WidgetPath(const std::string& name) const { return Widgets() + "/" + name; }
  /// The names in a list.
  static std::vector<std::string> Names(const Answer& list);

  std::string name_space_;
};

/// A row that only a kube-apiserver can pass, and why.
#define LAB_NEEDS_REAL_SERVER(reason) \
  if (!TheApi().real) GTEST_SKIP() << "only a kube-apiserver: " << (reason)

/// That it holds now or soon: a real server does in the background what the embedded one does at
/// once.
testing::AssertionResult InTheEnd(const std::function<bool()>& holds);

/// That an answer is a failure Status of this code and reason.
testing::AssertionResult IsRefusal(const Answer& answer, int code, std::string_view reason);

}  // namespace labgallery::contract
