#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

using boost::asio::ip::tcp;

struct Pem {
  std::string certificate;
  std::string key;
};

std::string Contents(BIO* bio) {
  char* text = nullptr;
  const auto length = BIO_get_mem_data(bio, &text);
  std::string contents(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return contents;
}

// A certificate that is its own authority, for `names` ("DNS:localhost").
Pem SelfSigned(const std::string& names) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("labgallery test"), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());
  BIO* certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate);
  BIO* key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {Contents(certificate_text), Contents(key_text)};
}

// Answers one request over TLS, if the handshake succeeds.
class TlsServer {
 public:
  explicit TlsServer(const Pem& pem, int highest_version = 0)
      : tls_(boost::asio::ssl::context::tls_server),
        acceptor_(context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    tls_.use_certificate(boost::asio::buffer(pem.certificate), boost::asio::ssl::context::pem);
    tls_.use_private_key(boost::asio::buffer(pem.key), boost::asio::ssl::context::pem);
    if (highest_version != 0) {
      // An old server: security level 0 lets it offer what nobody should accept.
      SSL_CTX_set_security_level(tls_.native_handle(), 0);
      SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(tls_.native_handle(), highest_version);
    }
    thread_ = std::jthread([this] { Serve(); });
  }

  ~TlsServer() {
    boost::system::error_code ignored;
    tcp::socket knock(context_);
    knock.connect(acceptor_.local_endpoint(), ignored);
  }

  std::string Url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  int requests() const { return requests_; }

 private:
  void Serve() {
    boost::system::error_code error;
    boost::asio::ssl::stream<tcp::socket> stream(acceptor_.accept(error), tls_);
    stream.handshake(boost::asio::ssl::stream_base::server, error);
    if (error) return;
    std::string request;
    boost::asio::read_until(stream, boost::asio::dynamic_buffer(request), "\r\n\r\n", error);
    if (error) return;
    ++requests_;
    boost::asio::write(stream, boost::asio::buffer(Answer(200, "over tls")), error);
    stream.shutdown(error);
  }

  boost::asio::io_context context_;
  boost::asio::ssl::context tls_;
  tcp::acceptor acceptor_;
  std::atomic<int> requests_ = 0;
  std::jthread thread_;
};

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
    std::filesystem::remove(trusted_);
  }

  const Pem pem_ = SelfSigned("DNS:localhost");
  const std::filesystem::path trusted_;
  SocketTransport transport_;
};

TEST_F(SocketTransportTls, ReachesAServerThatTheSystemTrusts) {
  const TlsServer server(pem_);
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->body, "over tls");
}

TEST_F(SocketTransportTls, RefusesACertificateForAnotherHost) {
  const TlsServer server(pem_);
  const auto response = transport_.Send({Method::kPut, server.Url("127.0.0.1"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_NE(response.error().message.find("certificate verify failed"), std::string::npos)
      << response.error().message;
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, RefusesACertificateOfAnUnknownAuthority) {
  const TlsServer server(SelfSigned("DNS:localhost"));
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_NE(response.error().message.find("TLS handshake"), std::string::npos);
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, RefusesVersionsBefore12) {
  const TlsServer server(pem_, TLS1_1_VERSION);
  const auto response = transport_.Send({Method::kPut, server.Url("localhost"), {}, ""}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SocketTransportTls, ASilentHandshakeMeansThatNothingWasApplied) {
  const RawServer server([](RawSocket& socket, int) { socket.AwaitClose(); });
  const auto response = transport_.Send(
      {Method::kPut, "https://localhost:" + std::to_string(server.port()) + "/", {}, "{}"},
      {.timeout = std::chrono::milliseconds(100), .stop = {}});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
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
