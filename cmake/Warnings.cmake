# With both compilers: g++ is silent about some mistakes that clang++ names.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wold-style-cast -Wnon-virtual-dtor)
# For who changes Secondstep, in all presets. Who packages it may have a compiler that nobody here has seen.
option(SECONDSTEP_WARNINGS_AS_ERRORS "End the build at the first warning" OFF)
if(SECONDSTEP_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
  # g++ 12 to 14 find these in the standard library's own functions (that of a std::string in a std::unexpected), and take
  # them for ours once their headers are precompiled. They are printed; clang++ ends at the true ones.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread)
  endif()
endif()
