lab_test(unit_cli_input
  SOURCES controller/cli/crd_shape_test.cc controller/cli/input_error_test.cc
    controller/cli/input_story_test.cc controller/cli/manifest_bad_input_test.cc
    controller/cli/manifest_input_test.cc controller/cli/manifest_kinds_test.cc
    controller/cli/samples_test.cc
  DEPS lab::cli
  LABELS unit)
