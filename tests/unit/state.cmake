lab_test(unit_state
  SOURCES src/state/store_test.cc
  DEPS lab::state SQLite::SQLite3
  LABELS unit)
