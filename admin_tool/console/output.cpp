#include "console/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/character_width.h"
#include "base/text.h"
#include "console/terminal.h"
#include "console/wrapped_lines.h"

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

std::size_t Output::columns_for(std::string_view text) const {
    const Terminal terminal = terminal_of(fd_);
    if (!terminal.is_terminal) return 0;
    const auto lines = split(text, '\n');
    const bool fits = std::ranges::all_of(
        lines, [&terminal](std::string_view line) { return display_width(line) <= terminal.columns; });
    return fits ? 0 : terminal.columns;
}

void Output::write_lines(std::string_view text, std::size_t hanging, std::string_view end) {
    const auto lines = wrapped_lines(text, columns_for(text), hanging);
    for (const ScreenLine& line : lines) {
        write(std::string(line.indent, ' '));
        write(line.text);
        write(&line == &lines.back() ? end : "\n");
    }
}

void Output::line(std::string_view text, std::size_t hanging) {
    if (columns_for(text) > 0) return write_lines(text, hanging, "\n");
    verbatim(text);
}

void Output::line(const Secret& text) {
    if (columns_for(text.text()) > 0) return write_lines(text.text(), 0, "\n");
    verbatim(text);
}

void Output::verbatim(std::string_view text) {
    std::string whole(text);
    whole += '\n';
    write(whole);
}

void Output::verbatim(const Secret& text) {
    Secret whole = text.clone();
    whole.push_back('\n');
    write(whole.text());
}

void Output::prompt(std::string_view text) {
    if (columns_for(text) == 0) return write(text);
    const std::size_t end = text.find_last_not_of(' ') + 1;
    write_lines(text.substr(0, end), 0, text.substr(end));
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
