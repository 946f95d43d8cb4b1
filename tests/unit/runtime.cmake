lab_test(unit_runtime
  SOURCES src/runtime/failure_delay_test.cc src/runtime/gate_test.cc src/runtime/list_watch_test.cc
    src/runtime/queue_test.cc src/runtime/read_your_writes_test.cc src/runtime/packed_text_test.cc src/runtime/record_test.cc
    src/runtime/runtime_metrics_test.cc src/runtime/runtime_test.cc src/runtime/slab_test.cc src/runtime/store_test.cc src/runtime/streaming_list_test.cc
    src/runtime/workers_test.cc
  DEPS lab::runtime
  LABELS unit)
lab_test(unit_election
  SOURCES src/runtime/elector_test.cc src/runtime/lease_test.cc
  DEPS lab::runtime lab::embedded_kube
  LABELS unit)
lab_test(unit_events
  SOURCES src/runtime/event_recorder_test.cc src/runtime/event_series_test.cc
  DEPS lab::runtime lab::embedded_kube
  LABELS unit)
