#include "qr/picture_files.h"

#include "base/text.h"
#include "files/caller_file.h"
#include "qr/qr_pictures.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_picture = std::size_t{32} << 20U;

}  // namespace

OrExit<std::vector<Secret>> texts_in_pictures(const std::vector<std::string>& files) {
    std::vector<Secret> texts;
    for (const std::string& file : files) {
        const auto opened = open_input(file);
        if (!opened) return stop(complain(Exit::unavailable, opened.error().detail));
        auto found = read_qr_codes({opened->get(), printable(file), largest_picture});
        if (!found) {
            const bool no_reader = found.error().code == Errc::not_found;
            return stop(complain(no_reader ? Exit::unavailable : Exit::refused, found.error().detail));
        }
        for (Secret& text : *found)
            texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace secondstep::tool
