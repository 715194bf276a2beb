#include "enrollment/recovery_sheet.h"

#include <ctime>

#include "base/local_time.h"
#include "console/terminal.h"

namespace secondstep::tool {

namespace {

std::string number_of(std::size_t index) {
    const std::string digits = std::to_string(index + 1);
    return std::string(digits.size() < 2 ? 1 : 0, ' ') + digits;
}

void append_numbered(Secret& text, std::size_t index, const std::vector<Secret>& codes) {
    text.append("  " + number_of(index) + "  ");
    text.append(codes[index].text());
}

// One a line, with a box to cross out.
void append_boxes(Secret& form, const std::vector<Secret>& codes) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
        form.append("  [ ]");
        append_numbered(form, i, codes);
        form.push_back('\n');
    }
}

// In two columns where these fit: a line that is broken between them would mix up the order of the codes.
std::size_t rows_on(const Output& screen, const std::vector<Secret>& codes) {
    const Terminal terminal = terminal_of(screen.fd());
    const std::size_t column = codes.empty() ? 0 : 6 + codes.front().size();
    const bool both_fit = !terminal.is_terminal || 2 * column + 2 <= terminal.columns;
    return both_fit ? (codes.size() + 1) / 2 : codes.size();
}

}  // namespace

void show_recovery_codes(Output& screen, const std::vector<Secret>& codes, std::string_view what) {
    screen.line(std::string(what) + ", shown only now; keep them in two places:");
    const std::size_t rows = rows_on(screen, codes);
    for (std::size_t row = 0; row < rows; ++row) {
        Secret line;
        append_numbered(line, row, codes);
        if (row + rows < codes.size()) {
            line.append("  ");
            append_numbered(line, row + rows, codes);
        }
        screen.line(line);
    }
}

Secret recovery_form(std::string_view host, std::string_view account, UnixTime made_on,
                     const std::vector<Secret>& codes) {
    Secret form = Secret::copy_of("RECOVERY CODES FOR THE SECOND STEP OF A LOGIN\n\n");
    form.append("  Account   " + std::string(account) + "\n  Host      " + std::string(host) +
                "\n  Made on   " + local_minute(made_on) + "\n\n");
    form.append(
        "Each code works once, in place of the code of the app. Cross out what\n"
        "you used. Keep this sheet and a second copy in two places, both away\n"
        "from the computer.\n\n");
    append_boxes(form, codes);
    form.append(
        "\nNo phone? Log in as always; where \"Verification code:\" is asked, type one\n"
        "of these codes. Capital letters, spaces and dashes do not matter.\n"
        "Few codes left, or this sheet is lost? Ask the administrator for a new set\n"
        "(secondstep recovery-codes " +
        std::string(account) + " --renew). It makes all of these void.\n");
    return form;
}

Secret break_glass_form(std::string_view host, UnixTime made_on, const std::vector<Secret>& codes) {
    Secret form = Secret::copy_of("BREAK-GLASS CODES OF A HOST\n\n");
    form.append("  Host      " + std::string(host) + "\n  Made on   " + local_minute(made_on) + "\n\n");
    form.append(
        "Each code lets somebody log in to this host once, and only while no node\n"
        "of the fleet answers. Cross out what you used. Keep this sheet and a second\n"
        "copy in two places, both away from the computers.\n\n");
    append_boxes(form, codes);
    form.append(
        "\nLog in as always; where \"Verification code:\" is asked and the line above it\n"
        "says that no node answers, type one of these codes. Capital letters, spaces\n"
        "and dashes do not matter.\n"
        "Few codes left, or this sheet is lost? On the host, as root:\n"
        "secondstep break-glass --new. It makes all of these void.\n");
    return form;
}

}  // namespace secondstep::tool
