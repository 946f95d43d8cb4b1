lab_test(unit_http_server
  SOURCES src/http/server/parts_test.cc src/http/server/raw_client.cc src/http/server/server_certificate_test.cc
    src/http/server/server_stream_test.cc src/http/server/server_test.cc src/http/server/server_tls_test.cc
    src/http/server/transport_contract_test.cc
  DEPS lab::http_client lab::http_server Boost::headers Boost::system Threads::Threads
  LABELS unit)
