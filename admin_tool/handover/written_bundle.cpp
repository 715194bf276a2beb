#include "handover/written_bundle.h"

#include <unistd.h>

#include <cerrno>

namespace secondstep::tool {

fleet::BundleWriter::Write writing_to(CallerFile& file) {
    return [&file](ByteView part) {
        return write_all(file.fd(), {reinterpret_cast<const char*>(part.data()), part.size()}, file.path());
    };
}

Result<void> on_the_disk(const CallerFile& file) {
    if (::fsync(file.fd()) == 0) return {};
    return fail_errno(file.path(), errno);
}

}  // namespace secondstep::tool
