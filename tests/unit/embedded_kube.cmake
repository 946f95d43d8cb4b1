lab_test(unit_embedded_kube
  SOURCES src/embedded_kube/json_patch_test.cc src/embedded_kube/server_test.cc
    src/embedded_kube/small_parts_test.cc src/embedded_kube/storage_test.cc
    src/embedded_kube/watch_threads_test.cc
  DEPS lab::embedded_kube SQLite::SQLite3
  LABELS unit)
