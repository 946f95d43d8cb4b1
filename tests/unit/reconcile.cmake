lab_test(unit_reconcile
  SOURCES controller/reconcile/memory_test.cc
  DEPS lab::reconcile
  LABELS unit)
