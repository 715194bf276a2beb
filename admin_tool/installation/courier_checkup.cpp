#include "installation/courier_checkup.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "parts/part.h"
#include "process/program_output.h"
#include "tool_paths.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::seconds patience{10};

std::string beside(const std::string& config_path, const char* name) {
    return std::filesystem::path(config_path).replace_filename(name).string();
}

// A connection that says nothing; the courier that is started for it ends without having done anything.
// 0, or errno.
int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return errno;
    const int connected = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return connected == 0 || errno == EAGAIN ? 0 : errno;
}

// Whoever else may connect could have messages sent to anybody.
bool is_for_the_service_alone(const struct stat& info) {
    return info.st_uid == ::geteuid() && (info.st_mode & 0177U) == 0;
}

}  // namespace

Diagnoses check_courier_program(const Config& config, const std::string& config_path) {
    const CourierNeed need = CourierNeed::of(config);
    if (!need.any()) return {};
    if (!is_installed(Part::courier))
        return {courier_fault(need, without_courier(need), how_to_install(Part::courier))};
    const auto said = process::output_of(
        {program_of(Part::courier), "--check", "--config", beside(config_path, "courier.conf"),
         "--credentials", beside(config_path, "courier.credentials")},
        patience);
    if (!said)
        return {courier_fault(need, said.error().detail,
                              std::string("run ") + tool_paths::courier_command + " --check")};
    return findings_in({said->status, said->out, said->err}, need);
}

void check_courier_socket(const Config& config, Diagnoses& findings) {
    const CourierNeed need = CourierNeed::of(config);
    if (!need.any()) return;
    const std::string& path = config.courier_socket;
    struct stat info{};
    const bool is_there = ::stat(path.c_str(), &info) == 0;
    if (is_there && (!S_ISSOCK(info.st_mode) || !is_for_the_service_alone(info))) {
        findings.push_back(wrong("courier", path + " is not a socket of mode 0600 of the service's account",
                                 "SocketUser=" + config.service_account +
                                     " and SocketMode=0600 in secondstep-courier.socket, then restart it"));
        return;
    }
    const int error = is_there ? connect_to(path) : errno;
    if (error == 0) {
        findings.push_back(fine("courier", "listens on " + path));
    } else if (error == ENOENT || error == ECONNREFUSED) {
        findings.push_back(courier_fault(
            need,
            "nobody listens on " + path +
                (need.for_logins() ? ": no codes are sent by mail or SMS, who needs one cannot log in"
                                   : ": no notices are sent"),
            how_to_start_courier()));
    } else {
        findings.push_back(
            courier_fault(need, fail_errno(path, error).error().detail, how_to_start_courier()));
    }
}

}  // namespace secondstep::tool
