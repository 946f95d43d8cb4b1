lab_test(unit_azure_model
  SOURCES src/azure/model/bucket_test.cc src/azure/model/error_class_test.cc
    src/azure/model/error_test.cc src/azure/model/lists_test.cc
    src/azure/model/operation_test.cc src/azure/model/rate_headers_test.cc
    src/azure/model/resource_id_test.cc src/azure/model/turn_order_test.cc
  DEPS lab::azure_model
  LABELS unit)

lab_test(unit_azure_client
  SOURCES src/azure/client/bulk_and_cloud_test.cc src/azure/client/cached_tokens_test.cc
    src/azure/client/client_assertion_test.cc src/azure/client/client_test.cc
    src/azure/client/credential_metrics_test.cc src/azure/client/credential_test.cc
    src/azure/client/logins_test.cc
    src/azure/client/pacer_test.cc src/azure/client/recording_test.cc src/azure/client/request_metrics_test.cc
  DEPS lab::azure_client OpenSSL::Crypto
  LABELS unit)
