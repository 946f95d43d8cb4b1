lab_test(unit_json_schema
  SOURCES src/json/schema_test.cc
  DEPS lab::json
  LABELS unit)
