#pragma once

#include <map>
#include <string>

#include "lab.h"

namespace secondstep::bench {

// What loading `library` costs a process that has libpam and libc: time of dlopen (median of `rounds` fresh
// processes), private dirty KiB more than before, and how many further libraries came with it.
struct LoadCost {
    double microseconds = 0;
    long dirty_kib = 0;
    long libraries = 0;
};
[[nodiscard]] LoadCost load_cost(const std::string& library, int rounds);

// The path of each module, by the name it has in LAB/libraries.
[[nodiscard]] std::map<std::string, std::string> modules_of(const Lab& lab);
// From now on no login of this process pays for loading a module, whether that keeps itself loaded or not.
void keep_modules_loaded(const Lab& lab);

}  // namespace secondstep::bench
