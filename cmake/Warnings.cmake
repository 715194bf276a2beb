# With both compilers: g++ is silent about some mistakes that clang++ names.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wold-style-cast -Wnon-virtual-dtor)
# For who changes Secondstep, in all presets. Who packages it may have a compiler that nobody here has seen.
option(SECONDSTEP_WARNINGS_AS_ERRORS "End the build at the first warning" OFF)
if(SECONDSTEP_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
  # g++ 12 finds these in the standard library's own functions, and takes them for ours once their headers are
  # precompiled. They are printed; g++ 13, g++ 14 and clang++ end at the true ones.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread)
  endif()
endif()
