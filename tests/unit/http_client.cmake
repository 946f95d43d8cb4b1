# Boost.Asio for the servers that send broken bytes, OpenSSL for their certificates.
lab_test(unit_http_client
  SOURCES src/http/client/cancellation_test.cc src/http/client/certificates.cc
    src/http/client/connection_test.cc src/http/client/exchange_test.cc src/http/client/failure_test.cc
    src/http/client/raw_server.cc src/http/client/socket_transport_failures_test.cc
    src/http/client/socket_transport_options_test.cc
    src/http/client/socket_transport_stream_test.cc src/http/client/socket_transport_test.cc
    src/http/client/socket_transport_tls_test.cc src/http/client/tls_server.cc
  DEPS lab::http_client Boost::headers Boost::system OpenSSL::SSL Threads::Threads
  LABELS unit)
