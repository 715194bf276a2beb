#include "caller.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "people_index.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view unset_login_uid = "4294967295";

Caller& remembered() {
    static Caller value;
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

}  // namespace

void remember_caller() {
    remembered() = {::getuid(), read_login_uid()};
}

const Caller& caller() {
    return remembered();
}

std::string caller_name() {
    const uid_t uid = parse_number<uid_t>(caller().login_uid).value_or(caller().uid);
    const auto found = look_up(uid);
    return found && *found ? (*found)->name : "uid " + std::to_string(uid);
}

std::string administrator() {
    return "the administrator " + caller_name();
}

}  // namespace secondstep::tool
