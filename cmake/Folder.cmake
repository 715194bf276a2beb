# secondstep_folder(NAME ROOT DIRECTORY [USES LIBRARY...] [PRIVATE LIBRARY...] [EXCEPT FILE...])
#
# The sources of this folder as the static library secondstep_NAME, without main.cpp: a program is main.cpp and a
# library, so that tests can call its parts. Includes are written from ROOT. USES is what headers of other folders need,
# the same as in the table of CONTRIBUTING.md; PRIVATE are libraries that nobody else is to see; HEADERS is the library
# whose precompiled headers are used.
function(secondstep_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 folder "" "ROOT;HEADERS" "USES;PRIVATE;EXCEPT")
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  foreach(file IN LISTS folder_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "/${file}$")
  endforeach()
  add_library(secondstep_${name} STATIC ${sources})
  target_include_directories(secondstep_${name} PUBLIC ${PROJECT_SOURCE_DIR}/${folder_ROOT})
  list(TRANSFORM folder_USES PREPEND secondstep_)
  target_link_libraries(secondstep_${name} PUBLIC ${folder_USES} PRIVATE ${folder_PRIVATE})
  if(NOT folder_HEADERS)
    set(folder_HEADERS secondstep_standard_headers)
  endif()
  target_precompile_headers(secondstep_${name} REUSE_FROM ${folder_HEADERS})
  if(SECONDSTEP_UNITY STREQUAL "ALL")
    secondstep_unity(secondstep_${name})
  endif()
endfunction()
