// A server that speaks TLS, and the authority that it makes for itself.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "src/base/file_text.h"
#include "src/http/client/socket_transport.h"
#include "src/http/server/server.h"
#include "tests/unit/src/http/server/raw_client.h"

namespace labgallery::http {
namespace {

namespace fs = std::filesystem;

class ServerTls : public ::testing::Test {
 protected:
  ServerTls()
      : folder_(fs::temp_directory_path() / ("labgallery-server-tls-" + std::to_string(getpid()))) {
  }
  ~ServerTls() override { fs::remove_all(folder_); }

  Result<TlsIdentity> Issue(const std::vector<std::string>& names = {"localhost", "127.0.0.1",
                                                                     "::1"}) const {
    return IssueIdentity(folder_.string(), names, RealClock().Now());
  }
  std::unique_ptr<Server> Serve(Handler handler, const TlsIdentity& identity) const {
    auto server = Server::Start("127.0.0.1:0", std::move(handler), {.tls = identity});
    EXPECT_TRUE(server) << server.error().ToString();
    return *std::move(server);
  }
  static std::string Url(const Server& server, const std::string& host = "localhost") {
    return "https://" + host + ":" + std::to_string(server.port()) + "/";
  }
  SocketTransport Trusting() const {
    return SocketTransport({.tls = {.authority = {.file = (folder_ / kAuthorityFile).string()}}});
  }
  std::string Text(const char* file) const {
    return ReadFileText((folder_ / file).string()).value_or("");
  }

  const fs::path folder_;
};

Reply Echo(const Request& request) { return Response{200, {}, request.body}; }

TEST_F(ServerTls, AnswersThoseWhoTrustItsAuthorityByEachOfItsNames) {
  const auto server = Serve(Echo, *Issue());
  SocketTransport transport = Trusting();
  const std::string body(300'000, 'x');
  for (const char* host : {"localhost", "127.0.0.1"}) {
    const auto answer = transport.Send({Method::kPut, Url(*server, host), {}, body}, {});
    ASSERT_TRUE(answer) << answer.error().ToString();
    EXPECT_EQ(answer->body, body) << host;
  }
}

TEST_F(ServerTls, IsTrustedByNobodyElse) {
  const auto server = Serve(Echo, *Issue());
  SocketTransport stranger({.tls = {.system = SystemTrust{.file = "/dev/null", .directory = "/"}}});
  EXPECT_FALSE(stranger.Send({Method::kGet, Url(*server), {}, ""}, {}));
}

TEST_F(ServerTls, TellsPlainClientsNothing) {
  const auto server = Serve(Echo, *Issue());
  RawClient client(server->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd().find("HTTP"), std::string::npos);
}

TEST_F(ServerTls, StreamsAndEndsWithItsClientsConnected) {
  const auto server = Serve(
      [](const Request&) -> Reply {
        return StreamResponse{
            200,
            {},
            [sent = 0](const std::stop_token& stop) mutable -> Result<std::optional<std::string>> {
              if (sent++ == 0) return std::string("first");
              if (sent > 2) return std::optional<std::string>();
              return std::string(stop.stop_requested() ? "" : "second");
            }};
      },
      *Issue());
  SocketTransport transport = Trusting();
  const auto answer = transport.Send({Method::kGet, Url(*server), {}, ""}, {});
  ASSERT_TRUE(answer) << answer.error().ToString();
  EXPECT_EQ(answer->body, "firstsecond");
  server->Stop();
  EXPECT_FALSE(transport.Send({Method::kGet, Url(*server), {}, ""}, {}));
}

TEST_F(ServerTls, KeepsItsAuthorityAndRenewsItsCertificate) {
  const auto first = Issue();
  const std::string authority = Text("ca.pem");
  const auto second = Issue({"localhost"});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(Text("ca.pem"), authority);
  EXPECT_NE(first->chain, second->chain);
  EXPECT_TRUE(second->chain.ends_with(authority));
  EXPECT_EQ(Text("server.pem"), second->chain);
}

TEST_F(ServerTls, ShowsKeysToTheirOwnerOnly) {
  ASSERT_TRUE(Issue());
  for (const char* file : {"ca-key.pem", "server-key.pem"}) {
    EXPECT_EQ(fs::status(folder_ / file).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << file;
  }
}

struct BadFolder {
  const char* name;
  const char* file;      // that is exchanged
  const char* contents;  // null: it is removed
  const char* said;
};

class BadFolders : public ServerTls, public ::testing::WithParamInterface<BadFolder> {};

TEST_P(BadFolders, AreRefusedWithTheFile) {
  ASSERT_TRUE(Issue());
  const fs::path file = folder_ / GetParam().file;
  fs::remove(file);
  if (GetParam().contents != nullptr) std::ofstream(file) << GetParam().contents;
  const auto identity = Issue();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().kind, ErrorKind::kInvalidInput);
  EXPECT_NE(identity.error().message.find(GetParam().said), std::string::npos)
      << identity.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, BadFolders,
                         ::testing::Values(BadFolder{"NoKey", "ca-key.pem", nullptr, "ca-key.pem"},
                                           BadFolder{"NoAuthority", "ca.pem", nullptr, "ca.pem"},
                                           BadFolder{"NoPem", "ca.pem", "?", "ca.pem"},
                                           BadFolder{"NoKeyInPem", "ca-key.pem", "?",
                                                     "ca-key.pem"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(ServerTls, RefusesAKeyOfAnotherCertificate) {
  const auto first = Issue();
  const auto second = Issue();
  const auto server =
      Server::Start("127.0.0.1:0", Echo, {.tls = TlsIdentity{first->chain, second->key}});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace labgallery::http
