# Several files read by the compiler as one: headers once, and what they instantiate (most of a test's time is gmock's
# templates) generated once. With ALL the product, too, takes a third of the time: so do the presets that tests/run builds.
# What is installed, from packages or from source, is compiled file by file.
set(SECONDSTEP_UNITY OFF CACHE STRING "Compile several files as one: OFF, TESTS (those of test programs) or ALL")
set_property(CACHE SECONDSTEP_UNITY PROPERTY STRINGS OFF TESTS ALL)
if(NOT SECONDSTEP_UNITY MATCHES "^(OFF|TESTS|ALL)$")
  message(FATAL_ERROR "SECONDSTEP_UNITY is ${SECONDSTEP_UNITY}: say OFF, TESTS or ALL")
endif()

# secondstep_unity(TARGET): its sources in batches. A name of one file's scope may be that of a local variable in its
# neighbour, and a type of one file's scope seems to be a header's: both warnings are for what is compiled file by file.
function(secondstep_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  target_compile_options(${target} PRIVATE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# secondstep_alone(FILE...): compiled by itself in the targets of this directory.
function(secondstep_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
