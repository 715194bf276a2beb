#include "people/invoker.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view unset_login_uid = "4294967295";

Invoker& remembered() {
    static Invoker value;
    return value;
}

std::string read_login_uid() {
    const UniqueFd file(::open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return "unknown";
    const auto content = read_whole(file.get(), 64);
    if (!content) return "unknown";
    std::string text(content->begin(), content->end());
    return text == unset_login_uid ? "unset" : printable(text);
}

// A value of the environment, which has come through sudo or was set by root.
std::string said(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    return value == nullptr ? "" : printable(value, 64);
}

}  // namespace

void remember_invoker() {
    Invoker& who = remembered();
    who = {.uid = ::getuid(),
           .login_uid = read_login_uid(),
           .sudo_user = said("SUDO_USER"),
           .sudo_uid = said("SUDO_UID"),
           .pkexec_uid = said("PKEXEC_UID")};
    if (who.uid != 0) return;
    auto from = parse_number<uid_t>(who.sudo_uid);
    if (!from) from = parse_number<uid_t>(who.pkexec_uid);
    if (from && *from != 0) who.became_root_from = from;
}

const Invoker& invoker() {
    return remembered();
}

std::string caller_name() {
    const uid_t otherwise = invoker().became_root_from.value_or(invoker().uid);
    const uid_t uid = parse_number<uid_t>(invoker().login_uid).value_or(otherwise);
    const auto found = look_up(uid);
    return found && *found ? (*found)->name : "uid " + std::to_string(uid);
}

std::string administrator() {
    return "the administrator " + caller_name();
}

}  // namespace secondstep::tool
