lab_test(unit_kube_model
  SOURCES src/kube/model/answer_test.cc src/kube/model/label_selector_test.cc src/kube/model/names_test.cc src/kube/model/object_test.cc src/kube/model/request_test.cc
    src/kube/model/review_test.cc
  DEPS lab::kube_model
  LABELS unit)
