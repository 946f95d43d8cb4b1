# lab_module(NAME SOURCES ... HEADERS ... DEPS ... [PRIVATE ...])
#
# One static library per module, named lab_NAME with the alias lab::NAME. DEPS are the modules that its
# headers may show and PRIVATE what only its sources use (outside libraries, mostly), so that the link
# line of each module says the same as the table of modules in ARCHITECTURE.md.
function(lab_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;DEPS;PRIVATE" ${ARGN})
  add_library(lab_${name} STATIC ${arg_SOURCES})
  add_library(lab::${name} ALIAS lab_${name})
  target_sources(lab_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}
    FILES ${arg_HEADERS})
  target_compile_features(lab_${name} PUBLIC cxx_std_20)
  set_target_properties(lab_${name} PROPERTIES CXX_EXTENSIONS OFF
    VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(lab_${name} PUBLIC ${arg_DEPS} PRIVATE lab_warnings ${arg_PRIVATE})
endfunction()

# A guard against what hangs: the longest takes half of ten minutes on an idle machine.
set(LABGALLERY_TEST_TIMEOUT 1800 CACHE STRING "Seconds that a GoogleTest binary may take: more under a sanitizer")

# lab_test(NAME SOURCES ... DEPS ... [LABELS STAGE])
#
# One GoogleTest binary, registered with ctest as one test per binary: the names inside tell what broke.
# STAGE (default: unit) is when `make test` runs it; the target tests-STAGE builds all of that stage.
function(lab_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LABELS;CASES" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${name} PRIVATE ${arg_DEPS} lab_warnings GTest::gmock GTest::gtest_main)
  set(tests ${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  if(arg_CASES)
    # The binary as a whole stands for the cases that have no test of their own.
    list(JOIN arg_CASES ":*/" others)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT_MODIFICATION
      "GTEST_FILTER=set:-*/${others}")
  endif()
  foreach(case ${arg_CASES})
    add_test(NAME ${name}_${case} COMMAND ${name} --gtest_brief=1 --gtest_filter=*/${case})
    # GoogleTest names a report after its binary: of two at once one would lose its own.
    set_tests_properties(${name}_${case} PROPERTIES ENVIRONMENT_MODIFICATION
      "GTEST_OUTPUT=string_append:${name}_${case}.xml")
    list(APPEND tests ${name}_${case})
  endforeach()
  set_tests_properties(${tests} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${LABGALLERY_TEST_TIMEOUT}
    ENVIRONMENT "LABGALLERY_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
  foreach(stage ${arg_LABELS})
    if(NOT TARGET tests-${stage})
      add_custom_target(tests-${stage})
    endif()
    add_dependencies(tests-${stage} ${name})
  endforeach()
endfunction()
