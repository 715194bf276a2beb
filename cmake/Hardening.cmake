add_compile_options(-fstack-protector-strong -D_GLIBCXX_ASSERTIONS)
# _FORTIFY_SOURCE needs optimisation, and hides errors from the sanitizers.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
add_link_options(-Wl,-z,relro,-z,now)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
