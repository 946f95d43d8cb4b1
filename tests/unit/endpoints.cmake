lab_test(unit_endpoints
  SOURCES controller/endpoints/access_check_test.cc controller/endpoints/checks_test.cc controller/endpoints/health_test.cc
    controller/endpoints/heartbeat_test.cc controller/endpoints/metrics_page_test.cc
    controller/endpoints/process_metrics_test.cc
  DEPS lab::endpoints
  LABELS unit)
