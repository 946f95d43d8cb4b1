# One interface target carries the warnings; presets decide whether they are errors.
option(LABGALLERY_WERROR "Treat warnings as errors" OFF)

add_library(lab_warnings INTERFACE)
target_compile_options(lab_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough
  # A designated initialiser leaves out what keeps its default: that is what it is for.
  -Wno-missing-field-initializers
  # GCC 12's maybe-uninitialized reports variants that it inlined; clang-tidy looks for the real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wuseless-cast -Wno-maybe-uninitialized>
  # GCC 12's restrict check takes `text + std::string` for an overlap when it optimises (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>
  # GCC 12's null-dereference check reports library code that it inlined: left to clang.
  $<$<CXX_COMPILER_ID:Clang>:-Wnull-dereference>
  $<$<BOOL:${LABGALLERY_WERROR}>:-Werror>)
