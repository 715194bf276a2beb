#include "enrollment/enrollment_files.h"

#include <string>

namespace secondstep::tool {

namespace {

OrExit<std::size_t> add_file(EnrollmentFiles& files, const std::string& path, CallerFile::Appears appears) {
    auto file = CallerFile::create(path, appears);
    if (!file) return stop(complain(file.error()));
    files.all.push_back(std::move(*file));
    return files.all.size() - 1;
}

}  // namespace

OrExit<EnrollmentFiles> EnrollmentFiles::open(const EnrollRequest& request) {
    EnrollmentFiles files;
    if (request.save) {
        const auto index = add_file(files, *request.save, CallerFile::Appears::when_done);
        if (!index) return stop(index.error());
        files.save = *index;
    }
    if (request.qr.is_file()) {
        const auto index = add_file(files, request.qr.path, CallerFile::Appears::at_once);
        if (!index) return stop(index.error());
        files.picture = *index;
    }
    return files;
}

}  // namespace secondstep::tool
