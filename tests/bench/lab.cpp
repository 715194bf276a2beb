#include "lab.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "required.h"

namespace secondstep::bench {

void Lab::settle() const {
    const UniqueFd directory(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    require(directory.get() >= 0 && ::syncfs(directory.get()) == 0, "syncfs");
}

}  // namespace secondstep::bench
