lab_test(unit_azure_simulator
  SOURCES
    src/azure_simulator/cloud.cc
    src/azure_simulator/control_test.cc
    src/azure_simulator/faults_test.cc
    src/azure_simulator/image_versions_test.cc
    src/azure_simulator/lab_accounts_test.cc
    src/azure_simulator/login_test.cc
    src/azure_simulator/lab_plans_test.cc
    src/azure_simulator/operations_test.cc
    src/azure_simulator/persistence_test.cc
    src/azure_simulator/replication_test.cc
    src/azure_simulator/resource_graph_test.cc
    src/azure_simulator/role_assignments_test.cc
    src/azure_simulator/saved_images_test.cc
    src/azure_simulator/threads_test.cc
    src/azure_simulator/throttle_test.cc
    src/azure_simulator/wire_quirks_test.cc
  DEPS lab::azure_simulator
  LABELS unit)
