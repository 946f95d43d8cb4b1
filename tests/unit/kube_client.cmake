lab_test(unit_kube_client
  SOURCES src/kube/client/access_reviews_test.cc src/kube/client/client_test.cc src/kube/client/credentials_test.cc
    src/kube/client/kubeconfig_test.cc src/kube/client/line_reader_test.cc
    src/kube/client/login_test.cc
    src/kube/client/request_metrics_test.cc
  DEPS lab::kube_client
  LABELS unit)
