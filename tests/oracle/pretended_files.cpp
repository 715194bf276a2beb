#include "oracle/pretended_files.h"

#include <dlfcn.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace secondstep::testing {
namespace {

const Files* pretended = nullptr;

using Open = FILE* (*)(const char*, const char*);

FILE* open_file(const char* path, const char* mode, const char* function) {
    if (pretended == nullptr) {
        void* const real = ::dlsym(RTLD_NEXT, function);
        return reinterpret_cast<Open>(real)(path, mode);  // POSIX says that dlsym's pointer may be a function
    }
    const auto found = pretended->find(path);
    if (found == pretended->end()) {
        errno = ENOENT;
        return nullptr;
    }
    // Opened for reading alone, it is not written to.
    return ::fmemopen(const_cast<char*>(found->second.data()), found->second.size(), "r");
}

}  // namespace

PretendedFiles::PretendedFiles(const Files& files) {
    pretended = &files;
}

PretendedFiles::~PretendedFiles() {
    pretended = nullptr;
}

}  // namespace secondstep::testing

// These stand before libc's and libaudit's in the search order of every library of this program, libpam included.
extern "C" {

[[gnu::visibility("default")]] FILE* fopen(const char* path, const char* mode) {
    return secondstep::testing::open_file(path, mode, "fopen");
}

#ifndef fopen64
[[gnu::visibility("default")]] FILE* fopen64(const char* path, const char* mode) {
    return secondstep::testing::open_file(path, mode, "fopen64");
}
#endif

// As root libpam tells the kernel's audit log of every call; "there is none" is an answer that it takes.
[[gnu::visibility("default")]] int audit_open();
int audit_open() {
    errno = EPROTONOSUPPORT;
    return -1;
}

}  // extern "C"
