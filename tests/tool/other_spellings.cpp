// Preloaded into the tool: a name service that finds people by their names in capitals, too, as sssd and
// winbind do, and answers with the name that it stores.
#include <dlfcn.h>
#include <pwd.h>

#include <cctype>
#include <string>

#pragma GCC diagnostic ignored "-Wold-style-cast"  // RTLD_NEXT is one

extern "C" __attribute__((visibility("default"))) int getpwnam_r(const char* name, passwd* storage,
                                                                 char* buffer, std::size_t size,
                                                                 passwd** found) {
    using Call = int (*)(const char*, passwd*, char*, std::size_t, passwd**);
    static const auto real = reinterpret_cast<Call>(::dlsym(RTLD_NEXT, "getpwnam_r"));
    std::string stored(name);
    for (char& c : stored)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return real(stored.c_str(), storage, buffer, size, found);
}
