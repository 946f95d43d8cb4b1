lab_test(unit_reconcile
  SOURCES controller/reconcile/credential_secret_test.cc controller/reconcile/memory_test.cc controller/reconcile/object_facts_test.cc
    controller/reconcile/object_metrics_test.cc controller/reconcile/overlap_test.cc
    controller/reconcile/pass_metrics_test.cc controller/reconcile/secrets_test.cc controller/reconcile/shared_reads_test.cc
    controller/reconcile/wake_spacing_test.cc
  DEPS lab::reconcile
  LABELS unit)
