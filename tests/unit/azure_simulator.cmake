lab_test(unit_azure_simulator
  SOURCES
    src/azure_simulator/cloud.cc
    src/azure_simulator/wire_quirks_test.cc
  DEPS lab::azure_simulator
  LABELS unit)
