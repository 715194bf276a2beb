# Every warning is an error, with both compilers: g++ is silent about some mistakes that clang++ names.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wold-style-cast
                    -Wnon-virtual-dtor -Werror)
