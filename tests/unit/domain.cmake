lab_test(unit_domain
  SOURCES
    controller/domain/rules_test.cc
  DEPS lab::domain
  LABELS unit)
