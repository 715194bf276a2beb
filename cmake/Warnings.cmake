# With both compilers: g++ is silent about some mistakes that clang++ names.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wold-style-cast -Wnon-virtual-dtor)
# For who changes Secondstep, in all presets. Who packages it may have a compiler that nobody here has seen.
option(SECONDSTEP_WARNINGS_AS_ERRORS "End the build at the first warning" OFF)
if(SECONDSTEP_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()
