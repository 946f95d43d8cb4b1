// A server whose certificate is in files that somebody else exchanges, and one that makes its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "src/http/client/socket_transport.h"
#include "src/http/server/server.h"

namespace labgallery::http {
namespace {

namespace fs = std::filesystem;

Reply Hello(const Request&) { return Response{200, {}, "hello"}; }

/// Two authorities, "old" and "new", each with a certificate; and "live", which leads to one of
/// them as the folder of a mounted Secret does.
class ServerCertificate : public ::testing::Test {
 protected:
  ServerCertificate()
      : folder_(fs::temp_directory_path() /
                ("labgallery-certificate-" + std::to_string(getpid()))) {
    for (const char* name : {"old", "new"}) {
      EXPECT_TRUE(IssueIdentity((folder_ / name).string(), {"localhost"}, RealClock().Now()));
    }
    PointTo("old");
  }
  ~ServerCertificate() override { fs::remove_all(folder_); }

  void PointTo(const char* name) const {
    fs::create_symlink(name, folder_ / "next");
    fs::rename(folder_ / "next", folder_ / "live");
  }
  CertificateFiles Files() {
    return {.certificate = (folder_ / "live" / "server.pem").string(),
            .key = (folder_ / "live" / "server-key.pem").string(),
            .on_exchange = [this](const Status& status) {
              const std::lock_guard lock(mutex_);
              told_.push_back(status ? "" : status.error().ToString());
            }};
  }
  std::unique_ptr<Server> Serve(TlsChoice tls) const {
    auto server = Server::Start("127.0.0.1:0", Hello, {.tls = std::move(tls)});
    EXPECT_TRUE(server) << server.error().ToString();
    return *std::move(server);
  }
  /// Whether a new connection is accepted by who trusts this certificate or authority.
  bool Trusts(const fs::path& authority, const Server& server) const {
    SocketTransport transport({.tls = {.authority = {.file = (folder_ / authority).string()}}});
    const std::string url = "https://localhost:" + std::to_string(server.port()) + "/";
    const auto answer = transport.Send({Method::kGet, url, {}, ""}, {});
    return answer && answer->body == "hello";
  }
  std::vector<std::string> Told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

  const fs::path folder_;
  std::mutex mutex_;
  std::vector<std::string> told_;  // guarded by mutex_
};

TEST_F(ServerCertificate, IsShownToTheNextConnectionOnceItsFolderWasExchanged) {
  const auto server = Serve(Files());
  EXPECT_TRUE(Trusts("old/ca.pem", *server));
  EXPECT_TRUE(Told().empty());
  PointTo("new");
  EXPECT_TRUE(Trusts("new/ca.pem", *server));
  EXPECT_FALSE(Trusts("old/ca.pem", *server));
  EXPECT_EQ(Told(), std::vector<std::string>{""});
}

TEST_F(ServerCertificate, StaysInUseWhileTheFilesAreHalfExchangedWhichIsToldOnce) {
  fs::remove(folder_ / "live");
  fs::copy(folder_ / "old", folder_ / "live");
  const auto server = Serve(Files());
  const auto exchange = [this](const char* file) {
    fs::copy(folder_ / "new" / file, folder_ / "live" / file, fs::copy_options::overwrite_existing);
  };
  exchange("server.pem");
  EXPECT_TRUE(Trusts("old/ca.pem", *server));
  EXPECT_TRUE(Trusts("old/ca.pem", *server));
  ASSERT_EQ(Told().size(), 1U);
  EXPECT_NE(Told().front().find("live/server.pem and "), std::string::npos) << Told().front();
  exchange("server-key.pem");
  EXPECT_TRUE(Trusts("new/ca.pem", *server));
  EXPECT_EQ(Told().size(), 2U);
  EXPECT_EQ(Told().back(), "");
  fs::remove(folder_ / "live" / "server.pem");
  EXPECT_TRUE(Trusts("new/ca.pem", *server));
}

TEST_F(ServerCertificate, ThatCannotBeReadKeepsTheServerFromStarting) {
  CertificateFiles files = Files();
  files.key = (folder_ / "nothing").string();
  const auto server = Server::Start("127.0.0.1:0", Hello, {.tls = files});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::kInvalidInput);
  EXPECT_NE(server.error().ToString().find(files.key), std::string::npos);
}

TEST_F(ServerCertificate, MadeByItselfIsItsOwnAuthorityAndAnotherEachTime) {
  const auto identity = MakeOwnIdentity({"localhost", "127.0.0.1"}, RealClock().Now());
  ASSERT_TRUE(identity) << identity.error().ToString();
  std::ofstream(folder_ / "own.pem") << identity->chain;
  const auto server = Serve(*identity);
  EXPECT_TRUE(Trusts("own.pem", *server));
  EXPECT_FALSE(Trusts("old/ca.pem", *server));
  EXPECT_NE(MakeOwnIdentity({"localhost"}, RealClock().Now())->chain, identity->chain);
}

}  // namespace
}  // namespace labgallery::http
