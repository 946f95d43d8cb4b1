lab_test(unit_base
  SOURCES src/base/base64_test.cc src/base/clock_test.cc src/base/error_test.cc src/base/file_text_test.cc src/base/random_test.cc src/base/resident_memory_test.cc src/base/text_test.cc
    src/base/time_text_test.cc src/base/utf8_test.cc
  DEPS lab::base
  LABELS unit)
