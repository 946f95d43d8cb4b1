lab_test(unit_domain_image
  SOURCES
    controller/domain/cost_test.cc
    controller/domain/geography_test.cc
    controller/domain/prices_test.cc
    controller/domain/retail_prices_test.cc
    controller/domain/image/bodies_test.cc
    controller/domain/image/differences_test.cc
    controller/domain/image/region_plan_test.cc
    controller/domain/image/region_records_test.cc
    controller/domain/image/spec_test.cc
    controller/domain/image/target_regions_test.cc
    controller/domain/image/versions_test.cc
  DEPS lab::domain_image
  LABELS unit)
