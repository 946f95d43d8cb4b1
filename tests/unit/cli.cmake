lab_test(unit_cli_input
  SOURCES controller/cli/crd_shape_test.cc controller/cli/input_error_test.cc
    controller/cli/input_story_test.cc controller/cli/manifest_bad_input_test.cc
    controller/cli/manifest_input_test.cc controller/cli/manifest_kinds_test.cc
    controller/cli/samples_test.cc
  DEPS lab::cli
  LABELS unit)
lab_test(unit_cli
  SOURCES controller/cli/apply_input_test.cc controller/cli/apply_test.cc
    controller/cli/assembly_test.cc controller/cli/assumed_cloud_test.cc
    controller/cli/azure_access_test.cc controller/cli/azure_wire_test.cc
    controller/cli/bound_transport_test.cc
    controller/cli/duration_text_test.cc
    controller/cli/election_test.cc controller/cli/endpoint_servers_test.cc
    controller/cli/kube_connection_test.cc
    controller/cli/object_state_test.cc controller/cli/object_views_test.cc
    controller/cli/options_test.cc controller/cli/outlook_test.cc controller/cli/pass_log_test.cc
    controller/cli/screen_text_test.cc controller/cli/serve_test.cc
    controller/cli/simulator_control_test.cc controller/cli/stored_objects_test.cc
  DEPS lab::cli
  LABELS unit)
