# secondstep_checked(TARGET): the sources of TARGET as TARGET_checked, which a compiler reads for its warnings and makes
# nothing of. For what a build directory wants the warnings of and runs nothing of: most of the time is spent on code.
function(secondstep_checked target)
  get_target_property(sources ${target} SOURCES)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  add_library(${target}_checked OBJECT EXCLUDE_FROM_ALL ${sources})
  target_compile_options(${target}_checked PRIVATE -fsyntax-only)
  target_include_directories(${target}_checked PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_link_libraries(${target}_checked PRIVATE ${libraries})
  set_target_properties(${target}_checked PROPERTIES CXX_COMPILER_LAUNCHER ${PROJECT_SOURCE_DIR}/cmake/checked
                        EXPORT_COMPILE_COMMANDS OFF)  # or clang-tidy reads each file twice
  if(SECONDSTEP_UNITY STREQUAL "ALL")
    secondstep_unity(${target}_checked)
    foreach(source IN LISTS sources)  # what secondstep_alone() says holds in the directory of TARGET only
      get_source_file_property(is_alone ${source} TARGET_DIRECTORY ${target} SKIP_UNITY_BUILD_INCLUSION)
      if(is_alone)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endforeach()
  endif()
endfunction()
