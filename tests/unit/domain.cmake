lab_test(unit_domain
  SOURCES
    controller/domain/credential_choice_test.cc
    controller/domain/errors_test.cc
    controller/domain/identity_test.cc
    controller/domain/image/definition_part_test.cc
    controller/domain/image/found_versions_test.cc
    controller/domain/image/removal_parts_test.cc
    controller/domain/image/repair_count_test.cc
    controller/domain/image/report_test.cc
    controller/domain/image/version_part_test.cc
    controller/domain/lab_account/account_test.cc
    controller/domain/lab_account/attachment_test.cc
    controller/domain/lab_account/deletion_test.cc
    controller/domain/lab_account/refusal_test.cc
    controller/domain/lab_account/switches_test.cc
    controller/domain/observations.cc
    controller/domain/ownership_test.cc
    controller/domain/policy_test.cc
    controller/domain/reason_test.cc
    controller/domain/roles_test.cc
    controller/domain/rules_test.cc
    controller/domain/shared_image_gallery/gallery_test.cc
    controller/domain/shared_image_gallery/role_test.cc
    controller/domain/status_test.cc
  DEPS lab::domain
  LABELS unit)
