lab_test(unit_telemetry
  SOURCES src/telemetry/log_test.cc src/telemetry/metrics_test.cc src/telemetry/redact_test.cc
  DEPS lab::telemetry
  LABELS unit)
