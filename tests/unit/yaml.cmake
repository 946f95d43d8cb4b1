lab_test(unit_yaml
  SOURCES src/yaml/parse_json_test.cc src/yaml/parse_yaml_test.cc src/yaml/scalar_test.cc
    src/yaml/write_test.cc
  DEPS lab::yaml
  LABELS unit)
