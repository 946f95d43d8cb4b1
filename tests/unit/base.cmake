lab_test(unit_base
  SOURCES src/base/clock_test.cc
  DEPS lab::base
  LABELS unit)
