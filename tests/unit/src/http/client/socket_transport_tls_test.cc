// The authorities of the system, and servers that are no good.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"
#include "tests/unit/src/http/client/tls_server.h"

namespace labgallery::http {
namespace {

class SocketTransportTls : public ::testing::Test {
 protected:
  SocketTransportTls()
      : trusted_(std::filesystem::temp_directory_path() /
                 ("labgallery-tls-" + std::to_string(getpid()) + ".pem")) {
    std::ofstream(trusted_) << pem_.certificate;
    setenv("SSL_CERT_FILE", trusted_.c_str(), 1);
  }
  ~SocketTransportTls() override {
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    std::filesystem::remove(trusted_);
  }

  const Pem pem_ = SelfSigned("DNS:localhost");
  const std::filesystem::path trusted_;
  SocketTransport transport_;
};

TEST_F(SocketTransportTls, ReachesAServerThatTheSystemTrusts) {
  const TlsServer server({.pem = pem_});
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->body, "name=localhost client=none");
}

TEST_F(SocketTransportTls, TrustsOnlyWhatItIsToldToWhenNobodyIsTrustedByDefault) {
  TrustNobodyByDefault();
  const TlsServer server({.pem = pem_});
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  EXPECT_FALSE(response);
  TlsOptions told;
  told.system = SystemTrust{.file = trusted_};
  SocketTransport trusting({.tls = told});
  EXPECT_TRUE(trusting.Send({Method::kPut, server.Url("localhost"), {}, ""}, {}));
}

TEST_F(SocketTransportTls, RefusesACertificateForAnotherHost) {
  const TlsServer server({.pem = pem_});
  const auto response = transport_.Send({Method::kPut, server.Url("127.0.0.1"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_NE(response.error().message.find("certificate verify failed"), std::string::npos)
      << response.error().message;
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, RefusesACertificateOfAnUnknownAuthority) {
  const TlsServer server({.pem = SelfSigned("DNS:localhost")});
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_NE(response.error().message.find("TLS handshake"), std::string::npos);
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, RefusesVersionsBefore12) {
  const TlsServer server({.pem = pem_, .highest_version = TLS1_1_VERSION});
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, ASilentHandshakeMeansThatNothingWasApplied) {
  const RawServer server([](RawSocket& socket, int) { socket.AwaitClose(); });
  const std::string url = "https://localhost:" + std::to_string(server.port()) + "/";
  // A library that says too late how far it had come is taken to have sent the request: once in a
  // while, on a busy machine.
  ErrorKind kind = ErrorKind::kTimeout;
  for (int i = 0; i < 10 && kind == ErrorKind::kTimeout; ++i) {
    kind = transport_
               .Send({Method::kPut, url, {}, "{}"},
                     {.timeout = std::chrono::milliseconds(100), .stop = {}})
               .error()
               .kind;
  }
  EXPECT_EQ(kind, ErrorKind::kUnavailable);
}

TEST_F(SocketTransportTls, APlainServerIsUnavailable) {
  const RawServer server([](RawSocket& socket, int) {
    socket.Send(Answer(400, "speak plainly"));
    socket.AwaitClose();
  });
  const auto response = transport_.Send(
      {Method::kPut, "https://localhost:" + std::to_string(server.port()) + "/", {}, "{}"}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
}

}  // namespace
}  // namespace labgallery::http
