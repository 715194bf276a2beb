#include "otp/fips_mode.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace secondstep::otp {

// "0" and a line end, or no such file: no. Everything else is yes, what cannot be read included.
bool is_in_fips_mode(const std::string& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return errno != ENOENT;
    char said = 0;
    return ::read(fd.get(), &said, 1) != 1 || said != '0';
}

}  // namespace secondstep::otp
