# lab_embed(TARGET FUNCTION name HEADER path FILES ...)
#
# Puts files into the binary, so that it needs none beside it: adds to TARGET a source that defines
#   std::span<const labgallery::EmbeddedFile> FUNCTION()
# which HEADER (a path from the repository root) declares. The files are read anew whenever one changes. The
# other half of this file is the script that writes the source.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(LAB_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(lab_embed target)
    cmake_parse_arguments(arg "" "FUNCTION;HEADER" "FILES" ${ARGN})
    string(MAKE_C_IDENTIFIER "${arg_FUNCTION}" identifier)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${identifier}.cc)
    list(JOIN arg_FILES "|" files)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${arg_FUNCTION} -DHEADER=${arg_HEADER}
        -DFILES=${files} -P ${LAB_EMBED_SCRIPT}
      DEPENDS ${arg_FILES} ${LAB_EMBED_SCRIPT}
      COMMENT "Embedding files for ${arg_FUNCTION}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endfunction()
  return()
endif()

# A raw string literal may not grow without bound in every compiler, so the text is cut into pieces, which
# the compiler joins again.
set(code "#include <array>\n\n#include \"${HEADER}\"\n\n")
string(APPEND code "std::span<const labgallery::EmbeddedFile> ${FUNCTION}() {\n")
string(REPLACE "|" ";" files "${FILES}")
list(LENGTH files count)
string(APPEND code "  static constexpr std::array<labgallery::EmbeddedFile, ${count}> kFiles = {{\n")
foreach(file IN LISTS files)
  file(READ "${file}" text)
  get_filename_component(name "${file}" NAME)
  string(APPEND code "      {\"${name}\",\n")
  string(LENGTH "${text}" length)
  set(begin 0)
  while(begin LESS length)
    string(SUBSTRING "${text}" ${begin} 8000 piece)
    string(APPEND code "R\"~lab~(${piece})~lab~\"\n")
    math(EXPR begin "${begin} + 8000")
  endwhile()
  string(APPEND code "\"\"},\n")
endforeach()
string(APPEND code "  }};\n  return kFiles;\n}\n")
file(WRITE "${OUTPUT}" "${code}")
