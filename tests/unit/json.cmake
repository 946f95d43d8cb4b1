lab_test(unit_json
  SOURCES src/json/cursor_test.cc src/json/dumped_test.cc src/json/parse_test.cc src/json/reader_test.cc src/json/value_test.cc
  DEPS lab::json
  LABELS unit)
