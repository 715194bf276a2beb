#include "store/moved_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "account/record_fields.h"
#include "account/text_record.h"
#include "base/file.h"
#include "store/directory_listing.h"

namespace secondstep {
namespace {

constexpr std::string_view what = "secondstep-moved";
constexpr unsigned version = 1;
constexpr std::size_t max_size = 4096;

Secret encode(const MovedMark& mark) {
    TextRecordWriter out(what, version);
    write_time(out, "since", mark.since);
    out.number("moves", mark.moves.size());
    for (const MoveId& move : mark.moves)
        out.hex("move", move);
    return std::move(out).finish();
}

Result<MovedMark> decode(const Secret& text) {
    auto opened = TextRecordReader::open(text, what, version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    MovedMark mark;
    mark.since = read_time(in, "since");
    const std::uint64_t count = in.number("moves", most_moves);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        mark.moves.push_back(in.array<5>("move"));
    if (in.finished()) return mark;
    return fail(Errc::damaged, std::string(moved_file_name) +
                                   " is damaged: it says that the store was "
                                   "handed over to a fleet, and not how");
}

}  // namespace

bool is_moved(int root) {
    return is_there(root, moved_file_name);
}

std::unexpected<Error> fail_as_moved() {
    return fail(Errc::io,
                "The accounts of this store were handed over to a fleet, which alone judges their codes: "
                "secondstep setup --join makes this machine a host of it, and secondstep store migrate --to "
                "files brings them back.");
}

Result<std::optional<MovedMark>> read_moved_mark(int root) {
    const FileTrust trust{.owner = ::geteuid(), .max_size = max_size};
    const auto fd = open_trusted(root, moved_file_name, O_RDONLY, trust);
    if (!fd && fd.error().code == Errc::not_found) return std::optional<MovedMark>{};
    if (!fd) return std::unexpected(fd.error());
    const auto content = read_whole(fd->get(), max_size);
    if (!content) return std::unexpected(content.error());
    auto mark = decode(Secret::copy_of(*content));
    if (!mark) return std::unexpected(mark.error());
    return std::optional(std::move(*mark));
}

Result<void> mark_as_moved(int root, const MoveId& move, UnixTime now) {
    auto there = read_moved_mark(root);
    if (!there) return std::unexpected(there.error());
    MovedMark mark = there->value_or(MovedMark{.moves = {}, .since = now});
    std::erase(mark.moves, move);
    if (mark.moves.size() >= most_moves) mark.moves.erase(mark.moves.begin());
    mark.moves.push_back(move);
    const auto placed = write_durably(root, moved_file_name, encode(mark).bytes(), S_IRUSR | S_IWUSR);
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, "The disk did not confirm that the store is handed over: do it again");
}

Result<void> end_move(int root) {
    const auto placed = remove_durably(root, moved_file_name);
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, "The disk did not confirm that the store counts again: do it again");
}

}  // namespace secondstep
