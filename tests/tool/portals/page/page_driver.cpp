// A tool in place of `secondstep portal add`, for the scenario in a browser: opens a page, prints the link,
// the fingerprint and the process on a line each, accepts a picture that looks like PNG or JPEG and has the
// bytes "QR" in it, prints how it ended, and keeps the page until its standard input ends.
//   page_driver PORTAL PORT VALIDITY-IN-MILLISECONDS [CERTIFICATE KEY]
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "portals/page/picture_page.h"

namespace {

using namespace secondstep;

page::PictureVerdict judge(ByteView picture) {
    const std::string bytes(picture.begin(), picture.end());
    if (!bytes.starts_with("\x89PNG") && !bytes.starts_with("\xff\xd8\xff"))
        return {false, "This file is no picture in PNG or JPEG format."};
    if (bytes.find("QR") == std::string::npos)
        return {false, "There is no QR code in this picture. Is all of it on the photo, and sharp?"};
    return {true, "Example Corp: alice"};
}

const char* to_text(page::PicturePage::End end) {
    switch (end) {
        case page::PicturePage::End::accepted:
            return "accepted";
        case page::PicturePage::End::expired:
            return "expired";
        case page::PicturePage::End::exhausted:
            return "exhausted";
        case page::PicturePage::End::interrupted:
            return "interrupted";
    }
    return "";
}

int run(const page::PageOptions& options) {
    SystemRandomness randomness;
    auto page = page::PicturePage::open(options, SystemClock(), randomness);
    if (!page) {
        std::fprintf(stderr, "%s\n", page.error().detail.c_str());
        return 1;
    }
    std::printf("%.*s\n%s\n%d\n", static_cast<int>(page->link().size()), page->link().text().data(),
                page->fingerprint().c_str(), page->process());
    std::fflush(stdout);
    const auto end = page->wait(judge);
    std::printf("%s\n", end ? to_text(*end) : end.error().detail.c_str());
    std::fflush(stdout);
    std::array<char, 1> byte{};
    while (::read(STDIN_FILENO, byte.data(), byte.size()) > 0) {
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 4 && count != 6) return 2;
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    page::PageOptions options;
    options.portal = words[1];
    options.host = host.data();
    options.port = parse_number<std::uint16_t>(words[2]).value_or(0);
    options.validity = std::chrono::milliseconds{parse_number<unsigned>(words[3]).value_or(0)};
    options.directory = page::directory_for_pages();
    if (count == 6) {
        options.certificate = words[4];
        options.key = words[5];
    }
    return run(options);
}
