lab_test(unit_http_model
  SOURCES src/http/model/message_test.cc src/http/model/proxy_test.cc src/http/model/retry_after_test.cc
    src/http/model/transport_test.cc src/http/model/url_test.cc
  DEPS lab::http_model
  LABELS unit)
