// What the options say about TLS and proxies: authorities, identities, names, files that change.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"
#include "tests/unit/src/http/client/tls_server.h"

namespace labgallery::http {
namespace {

const Authority& OurAuthority() {
  static const Authority authority;
  return authority;
}
const Authority& OtherAuthority() {
  static const Authority authority("another authority");
  return authority;
}

PemSource Text(const std::string& text) { return {.text = Secret(text)}; }

Pem LocalServer() {
  return OurAuthority().Issue({.names = "DNS:localhost,DNS:kube.internal,IP:127.0.0.1"});
}

Result<std::string> Get(SocketTransport& transport, const std::string& url) {
  LAB_ASSIGN_OR_RETURN(const Response response, transport.Send({Method::kGet, url, {}, ""}, {}));
  return response.body;
}

struct TrustRow {
  const char* name;
  std::function<TlsOptions()> options;
  const char* host;
  const char* body;   // null: it fails
  const char* error;  // a part of it
};

class Trust : public ::testing::TestWithParam<TrustRow> {};

TEST_P(Trust, IsAsTheOptionsSay) {
  const TlsServer server({.pem = LocalServer()});
  SocketTransport transport({.tls = GetParam().options()});
  const auto body = Get(transport, server.Url(GetParam().host));
  if (GetParam().body != nullptr) {
    ASSERT_TRUE(body) << body.error().ToString();
    EXPECT_EQ(*body, GetParam().body);
    return;
  }
  ASSERT_FALSE(body);
  EXPECT_NE(body.error().message.find(GetParam().error), std::string::npos)
      << body.error().ToString();
  EXPECT_EQ(server.requests(), 0);
}

TlsOptions Trusting(const std::string& authority) { return {.authority = Text(authority)}; }

INSTANTIATE_TEST_SUITE_P(
    Rows, Trust,
    ::testing::Values(
        TrustRow{"AuthorityAsText", [] { return Trusting(OurAuthority().certificate()); },
                 "localhost", "name=localhost client=none", nullptr},
        TrustRow{"AnAddressAsHostIsCheckedAndNotAskedFor",
                 [] { return Trusting(OurAuthority().certificate()); }, "127.0.0.1",
                 "name=none client=none", nullptr},
        TrustRow{
            "SeveralAuthorities",
            [] { return Trusting(OtherAuthority().certificate() + OurAuthority().certificate()); },
            "localhost", "name=localhost client=none", nullptr},
        TrustRow{"AnotherAuthority", [] { return Trusting(OtherAuthority().certificate()); },
                 "localhost", nullptr, "unable to get local issuer certificate"},
        TrustRow{"TheSystemsWhenThatFileHasIt",
                 [] {
                   TlsOptions options;
                   options.system = SystemTrust{.file = "/nowhere", .directory = "/nowhere"};
                   return options;
                 },
                 "localhost", nullptr, "unable to get local issuer certificate"},
        TrustRow{"AnotherNameIsAskedForAndChecked",
                 [] {
                   TlsOptions options = Trusting(OurAuthority().certificate());
                   options.server_name = "kube.internal";
                   return options;
                 },
                 "127.0.0.1", "name=kube.internal client=none", nullptr},
        TrustRow{"ANameThatTheCertificateDoesNotHave",
                 [] {
                   TlsOptions options = Trusting(OurAuthority().certificate());
                   options.server_name = "kube.external";
                   return options;
                 },
                 "localhost", nullptr, "hostname mismatch"},
        TrustRow{"NothingIsCheckedWhenInsecure",
                 [] {
                   TlsOptions options = Trusting(OtherAuthority().certificate());
                   options.insecure = true;
                   options.server_name = "kube.external";
                   return options;
                 },
                 "localhost", "name=kube.external client=none", nullptr},
        TrustRow{"AnAuthorityThatIsNone", [] { return Trusting("nothing"); }, "localhost", nullptr,
                 "there is no certificate in the certificate authority"},
        TrustRow{"AFileThatIsNotThere",
                 [] { return TlsOptions{.authority = {.file = "/nowhere/ca.crt"}}; }, "localhost",
                 nullptr, "cannot read the certificate authority in /nowhere/ca.crt"}),
    [](const auto& row) { return row.param.name; });

TEST(ServerCertificates, ThatHaveExpiredAreRefusedWithTheReason) {
  const TlsServer server(
      {.pem = OurAuthority().Issue({.names = "DNS:localhost", .valid_seconds = -60})});
  SocketTransport transport({.tls = Trusting(OurAuthority().certificate())});
  const auto body = Get(transport, server.Url("localhost"));
  EXPECT_NE(body.error().message.find("certificate has expired"), std::string::npos)
      << body.error().message;
}

struct IdentityRow {
  const char* name;
  Pem pem;
  const char* body;
  const char* error;
};

class Identities : public ::testing::TestWithParam<IdentityRow> {};

TEST_P(Identities, AreShownToTheServer) {
  const TlsServer server({.pem = LocalServer(), .client_authority = OurAuthority().certificate()});
  TlsOptions options = Trusting(OurAuthority().certificate());
  options.certificate = Text(GetParam().pem.certificate);
  options.key = Text(GetParam().pem.key);
  SocketTransport transport({.tls = options});
  const auto body = Get(transport, server.Url("localhost"));
  if (GetParam().body != nullptr) {
    ASSERT_TRUE(body) << body.error().ToString();
    EXPECT_EQ(*body, GetParam().body);
    return;
  }
  ASSERT_FALSE(body);
  EXPECT_NE(body.error().message.find(GetParam().error), std::string::npos)
      << body.error().ToString();
  EXPECT_EQ(server.requests(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Identities,
    ::testing::Values(
        IdentityRow{"OfItsAuthority", OurAuthority().Issue({.common_name = "operator"}),
                    "name=localhost client=operator", nullptr},
        IdentityRow{"OfAnotherAuthority", OtherAuthority().Issue({.common_name = "operator"}),
                    nullptr, "unknown ca"},
        IdentityRow{"Missing", {}, nullptr, "certificate required"},
        IdentityRow{"WithAKeyOfAnother",
                    {OurAuthority().Issue({}).certificate, OurAuthority().Issue({}).key},
                    nullptr,
                    "the client key does not belong to the client certificate"},
        IdentityRow{"WithoutAKey",
                    {OurAuthority().Issue({}).certificate, "nothing"},
                    nullptr,
                    "no usable (unencrypted) private key in the client key"}),
    [](const auto& row) { return row.param.name; });

TEST(Identities, ThatOthersSupplyAreUsedFromTheNextRequestOn) {
  const TlsServer server({.pem = LocalServer(), .client_authority = OurAuthority().certificate()});
  const auto named = [](const std::string& name) {
    const Pem pem = OurAuthority().Issue({.common_name = name});
    return std::make_shared<const ClientIdentity>(ClientIdentity{pem.certificate, Secret(pem.key)});
  };
  auto now = named("first");
  TlsOptions options = Trusting(OurAuthority().certificate());
  options.identity = [&] { return now; };
  SocketTransport transport({.tls = options});
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=first");
  now = named("second");
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=second");
  EXPECT_EQ(server.connections(), 2);
}

class ChangingFiles : public ::testing::Test {
 protected:
  ChangingFiles() { std::filesystem::create_directories(folder_); }
  ~ChangingFiles() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name) const { return folder_ / name; }
  // As tools exchange files: a new one takes the old one's name.
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(File(name + ".new")) << text;
    std::filesystem::rename(File(name + ".new"), File(name));
  }
  void WriteIdentity(const Pem& pem) const {
    Write("tls.crt", pem.certificate);
    Write("tls.key", pem.key);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("labgallery-pem-" + std::to_string(getpid()));
  TlsOptions options_{.authority = {.file = File("ca.crt")},
                      .certificate = {.file = File("tls.crt")},
                      .key = {.file = File("tls.key")}};
};

TEST_F(ChangingFiles, AreReadAgainAndKeptConnectionsAreNotUsedAnyMore) {
  const TlsServer server({.pem = LocalServer(), .client_authority = OurAuthority().certificate()});
  Write("ca.crt", OurAuthority().certificate());
  WriteIdentity(OurAuthority().Issue({.common_name = "first"}));
  SocketTransport transport({.tls = options_});
  // The library gives a socket back a moment after the answer, so not each request finds one.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=first");
  }
  EXPECT_LT(server.connections(), 20);
  WriteIdentity(OurAuthority().Issue({.common_name = "second"}));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=second");
  }
}

TEST_F(ChangingFiles, CountWhenTheyFitTogether) {
  const TlsServer server({.pem = LocalServer(), .client_authority = OurAuthority().certificate()});
  Write("ca.crt", OurAuthority().certificate());
  WriteIdentity(OurAuthority().Issue({.common_name = "first"}));
  SocketTransport transport({.tls = options_});
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=first");
  const Pem second = OurAuthority().Issue({.common_name = "second"});
  Write("tls.crt", second.certificate);
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=first");
  Write("tls.key", second.key);
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=second");
}

TEST_F(ChangingFiles, BringANewAuthorityIn) {
  Write("ca.crt", OtherAuthority().certificate());
  const TlsServer server({.pem = LocalServer()});
  SocketTransport transport({.tls = {.authority = options_.authority}});
  EXPECT_FALSE(Get(transport, server.Url("localhost")));
  Write("ca.crt", OurAuthority().certificate());
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=none");
}

TEST_F(ChangingFiles, OfTheSystemAreTrusted) {
  Write("bundle.crt", OurAuthority().certificate());
  const TlsServer server({.pem = LocalServer()});
  TlsOptions options;
  options.system = SystemTrust{.file = File("bundle.crt"), .directory = "/nowhere"};
  SocketTransport transport({.tls = options});
  EXPECT_EQ(Get(transport, server.Url("localhost")).value(), "name=localhost client=none");
}

ProxyRules Through(const TunnelProxy& proxy, const std::string& login = "") {
  return {.every = Secret("http://" + login + "127.0.0.1:" + std::to_string(proxy.port()))};
}

TEST(Proxies, LeadToATlsServerByATunnel) {
  const TlsServer server({.pem = LocalServer()});
  const TunnelProxy proxy;
  SocketTransport transport(
      {.tls = Trusting(OurAuthority().certificate()), .proxy = Through(proxy, "me:p%40ss@")});
  const std::string url = server.Url("kube.internal");  // a name that only the proxy knows
  for (int i = 0; i < 20; ++i) {
    const auto body = Get(transport, url);
    ASSERT_TRUE(body) << body.error().ToString();
    EXPECT_EQ(*body, "name=kube.internal client=none");
  }
  EXPECT_LT(proxy.heads().size(), 20U) << "tunnels are kept";
  const std::string head = proxy.heads().front();
  EXPECT_TRUE(head.starts_with("CONNECT kube.internal:" + std::to_string(server.port()) + " "))
      << head;
  EXPECT_NE(head.find("Proxy-Authorization: Basic bWU6cEBzcw=="), std::string::npos) << head;
}

TEST(Proxies, CarryWritesAndStreams) {
  const TlsServer server({.pem = LocalServer()});
  const TunnelProxy proxy;
  SocketTransport transport(
      {.tls = Trusting(OurAuthority().certificate()), .proxy = Through(proxy)});
  const std::string url = server.Url("kube.internal");
  EXPECT_TRUE(transport.Send({Method::kPut, url, {}, ""}, {}));
  EXPECT_TRUE(transport.Open({Method::kGet, url, {}, ""}, {}));
  EXPECT_EQ(proxy.heads().size(), 2U);
}

TEST(Proxies, ThatRefuseMeanThatNothingWasApplied) {
  const TunnelProxy proxy(407);
  SocketTransport transport({.proxy = Through(proxy, "me:secret@")});
  const auto response = transport.Send({Method::kPut, "https://kube.internal:1/", {}, "x"}, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(response.error().message.find("407"), std::string::npos) << response.error().message;
  EXPECT_NE(response.error().message.find("through the proxy http://127.0.0.1:"), std::string::npos)
      << response.error().message;
  EXPECT_EQ(response.error().ToString().find("secret"), std::string::npos);
}

TEST(Proxies, ThatAreAwayAreNamedWithoutTheirLogin) {
  SocketTransport transport({.proxy = {.every = Secret("http://me:secret@127.0.0.1:1")}});
  const Error error = Get(transport, "https://kube.internal/").error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.message,
            "cannot connect to the proxy http://127.0.0.1:1 on the way to https://kube.internal: "
            "refused or unreachable");
}

TEST(Proxies, AreAskedForPlainHttpByTheWholeUrl) {
  std::string seen;
  const auto proxy = AnsweringServer([&](const std::string& request) {
    seen = request;
    return Answer(200, "by proxy");
  });
  SocketTransport transport(
      {.proxy = {.http = Secret("http://127.0.0.1:" + std::to_string(proxy->port()))}});
  EXPECT_EQ(Get(transport, "http://arm.example/a?b=c").value(), "by proxy");
  EXPECT_TRUE(seen.starts_with("GET http://arm.example/a?b=c HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Host: arm.example\r\n"), std::string::npos) << seen;
}

TEST(Proxies, ThatAreOfAKindWeDoNotKnowAreInvalidInput) {
  SocketTransport transport({.proxy = {.every = Secret("socks5://user:secret@127.0.0.1:1080")}});
  const auto body = Get(transport, "https://kube.internal/");
  EXPECT_EQ(body.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(body.error().ToString().find("secret"), std::string::npos);
}

TEST(KeptWrites, ShareAConnection) {
  SocketTransport transport({.keep_for_writes = std::chrono::minutes(1)});
  RawServer plain([](RawSocket& socket, int) {
    while (!socket.ReadRequest().empty()) socket.Send(Answer(200, ""));
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(transport.Send({Method::kPatch, plain.Url("/"), {}, "{}"}, {}));
  }
  EXPECT_LT(plain.connections(), 20);
  EXPECT_EQ(plain.requests(), 20);
}

TEST(KeptWrites, AreNotSentASecondTimeWhenTheServerCloses) {
  // Answers one request on each connection, and takes the next one without an answer.
  std::atomic<int> lost = 0;
  const RawServer server([&](RawSocket& socket, int) {
    if (socket.ReadRequest().empty()) return;
    socket.Send(Answer(200, ""));
    if (!socket.ReadRequest().empty()) ++lost;
  });
  SocketTransport transport({.keep_for_writes = std::chrono::minutes(1)});
  int failed = 0;
  for (int i = 0; i < 20; ++i) {
    const auto response = transport.Send({Method::kPatch, server.Url("/"), {}, "{}"}, {});
    if (response) continue;
    ++failed;
    EXPECT_EQ(response.error().kind, ErrorKind::kTimeout) << response.error().ToString();
  }
  EXPECT_GT(failed, 0) << "kept connections were used";
  EXPECT_EQ(lost, failed);
  EXPECT_EQ(server.requests(), 20) << "no body went out twice";
}

TEST(KeptWrites, UseNoConnectionThatWasLeftAloneTooLong) {
  RawServer plain([](RawSocket& socket, int) {
    while (!socket.ReadRequest().empty()) socket.Send(Answer(200, ""));
  });
  SocketTransport transport({.keep_for_writes = Duration(1)});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(transport.Send({Method::kPut, plain.Url("/"), {}, "{}"}, {}));
  }
  EXPECT_EQ(plain.connections(), 2);
}

TEST(KeptWrites, WithoutABodyHaveAConnectionOfTheirOwn) {
  RawServer plain([](RawSocket& socket, int) {
    while (!socket.ReadRequest().empty()) socket.Send(Answer(200, ""));
  });
  SocketTransport transport({.keep_for_writes = std::chrono::minutes(1)});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(transport.Send({Method::kDelete, plain.Url("/"), {}, ""}, {}));
  }
  EXPECT_EQ(plain.connections(), 2);
}

}  // namespace
}  // namespace labgallery::http
