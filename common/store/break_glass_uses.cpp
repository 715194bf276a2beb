#include "store/break_glass_uses.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <tuple>

#include "account/record_fields.h"
#include "account/text_record.h"
#include "base/text.h"
#include "store/directory_listing.h"
#include "store/owned_folder.h"

namespace secondstep {
namespace {

constexpr std::string_view what = "secondstep-break-glass-use";
constexpr unsigned version = 1;
constexpr std::string_view suffix = ".use";
constexpr std::size_t largest = 1024;
constexpr unsigned most_left = 255;

// web01.ID.use, or ID.use; nobody else names it, whatever a host is called.
std::string file_of(const BreakGlassUse& use) {
    return (use.host.empty() ? "" : use.host + ".") + hex(use.id) + std::string(suffix);
}

std::string fitting(const std::string& text) {
    return printable(text, BreakGlassUses::longest_text);
}

Secret encode(const BreakGlassUse& use) {
    TextRecordWriter out(what, version);
    out.hex("id", use.id);
    out.text("host", use.host);
    write_time(out, "at", use.at);
    out.text("account", fitting(use.account));
    out.text("service", fitting(use.service));
    out.text("from", fitting(use.from));
    out.number("left", std::min(use.left, most_left));
    return std::move(out).finish();
}

std::optional<BreakGlassUse> decode(const Secret& text) {
    auto opened = TextRecordReader::open(text, what, version);
    if (!opened) return std::nullopt;
    TextRecordReader& in = *opened;
    BreakGlassUse use;
    use.id = in.array<16>("id");
    use.host = in.text("host");
    use.at = read_time(in, "at");
    use.account = fitting(std::string(in.text("account")));
    use.service = fitting(std::string(in.text("service")));
    use.from = fitting(std::string(in.text("from")));
    use.left = static_cast<unsigned>(in.number("left", most_left));
    if (!in.finished()) return std::nullopt;
    return use;
}

std::optional<BreakGlassUse> read(int folder, const std::string& name) {
    const FileTrust trust{.owner = ::geteuid(), .max_size = largest};
    const auto file = open_trusted(folder, name.c_str(), O_RDONLY, trust);
    const auto content = file ? read_whole(file->get(), largest) : Result<Bytes>(Bytes{});
    if (!content) return std::nullopt;
    auto use = decode(Secret::copy_of(ByteView(*content)));
    // One that stands under the name of another would never be removed.
    if (use && file_of(*use) != name) return std::nullopt;
    return use;
}

Result<std::vector<BreakGlassUse>> all_in(int folder) {
    std::vector<BreakGlassUse> uses;
    const auto listed = for_each_name(folder, [&](std::string_view name) {
        if (!name.ends_with(suffix)) return true;
        if (auto use = read(folder, std::string(name))) uses.push_back(std::move(*use));
        return true;
    });
    if (!listed) return std::unexpected(listed.error());
    std::ranges::sort(uses, {}, [](const BreakGlassUse& use) { return std::tie(use.at, use.id); });
    return uses;
}

Result<void> confirmed(const Result<Placed>& placed) {
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, "the disk did not confirm that a break-glass code was used");
}

Result<UniqueFd> owned(Result<UniqueFd> folder, const std::string& name) {
    if (!folder) return folder;
    if (const auto good = check_owned_folder(folder->get(), name, ::geteuid()); !good)
        return std::unexpected(good.error());
    return folder;
}

Result<UniqueFd> opened_or_made(int directory, const std::string& name, bool make) {
    if (make) {
        if (::mkdirat(directory, name.c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return fail_errno(name, errno);
        if (const auto kept = fsync_directory(directory); !kept) return std::unexpected(kept.error());
    }
    return open_owned_folder(directory, name.c_str(), ::geteuid());
}

}  // namespace

Result<UniqueFd> BreakGlassUses::folder(bool make) const {
    auto here = owned(open_directory(store_), store_);
    std::string_view rest = folder_;
    while (here && !rest.empty()) {
        const std::string_view name = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        here = opened_or_made(here->get(), std::string(name), make);
    }
    return here;
}

Result<void> BreakGlassUses::add(const BreakGlassUse& use) const {
    const auto there = folder(true);
    if (!there) return std::unexpected(there.error());
    auto uses = all_in(there->get());
    if (!uses) return std::unexpected(uses.error());
    std::erase_if(*uses, [&](const BreakGlassUse& other) { return other.host != use.host; });
    if (uses->size() >= most) static_cast<void>(remove_durably(there->get(), file_of(uses->front())));
    return confirmed(write_durably(there->get(), file_of(use), encode(use).bytes(), S_IRUSR | S_IWUSR));
}

Result<bool> BreakGlassUses::has(const BreakGlassUse& use) const {
    const auto there = folder(false);
    if (!there && there.error().code == Errc::not_found) return false;
    if (!there) return std::unexpected(there.error());
    return read(there->get(), file_of(use)).has_value();
}

Result<std::vector<BreakGlassUse>> BreakGlassUses::all() const {
    const auto there = folder(false);
    if (!there && there.error().code == Errc::not_found) return std::vector<BreakGlassUse>{};
    if (!there) return std::unexpected(there.error());
    return all_in(there->get());
}

Result<void> BreakGlassUses::remove(const BreakGlassUse& use) const {
    const auto there = folder(false);
    if (!there && there.error().code == Errc::not_found) return {};
    if (!there) return std::unexpected(there.error());
    return confirmed(remove_durably(there->get(), file_of(use)));
}

}  // namespace secondstep
