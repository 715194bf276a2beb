#include <cstdlib>

// What std::terminate() comes down to. The C++ runtime's own version prints the exception's name, and for
// that it brings its demangler along: a quarter of the module's code and two thirds of its relocations, in
// every host. Nothing of ours reaches it, since the fence around the module catches everything.
//
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the runtime's name, to replace it
namespace __gnu_cxx {

void __verbose_terminate_handler();
void __verbose_terminate_handler() {
    std::abort();
}

}  // namespace __gnu_cxx
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
