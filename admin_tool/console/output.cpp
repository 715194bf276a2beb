#include "console/output.h"

#include <unistd.h>

#include <cerrno>

namespace secondstep::tool {

namespace {

constexpr std::size_t stream_chunk = 65536;

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

Exit unless_unwritten() {
    return out().failed() ? complain(Exit::unavailable, "the result could not be written") : Exit::done;
}

void Output::write(std::string_view text) {
    used_ = true;
    if (!write_all(fd_, text)) failed_ = true;
}

void Output::line(std::string_view text) {
    std::string whole(text);
    whole += '\n';
    write(whole);
}

void Output::line(const Secret& text) {
    Secret whole = text.clone();
    whole.push_back('\n');
    write(whole.text());
}

Output& out() {
    static Output output(STDOUT_FILENO);
    return output;
}

Output& err() {
    static Output output(STDERR_FILENO);
    return output;
}

void Stream::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= stream_chunk) flush();
}

void Stream::flush() {
    output_.write(buffer_);
    buffer_.clear();
}

}  // namespace secondstep::tool
