#include "fleet/file_moves.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "account/named_seal.h"
#include "account/seal.h"
#include "base/file.h"
#include "fleet/name_of_host.h"
#include "fleet/record_text.h"
#include "store/directory_listing.h"
#include "store/owned_folder.h"
#include "store/store_directories.h"

namespace secondstep::fleet {
namespace {

constexpr const char* fleet_folder = "fleet";
constexpr const char* moves_folder = "moves";
constexpr std::string_view move_suffix = ".move";
constexpr std::string_view away_suffix = ".away";
constexpr std::string_view come_suffix = ".come";
constexpr std::string_view account_suffix = ".account";

std::string file_of_move(const std::string& host) {
    return host + std::string(move_suffix);
}

std::string folder_of(const std::string& host) {
    return host + std::string(away_suffix);
}

std::string folder_of_come(const std::string& host) {
    return host + std::string(come_suffix);
}

// The id of the permission; with a zero behind it as long as the account is on its way.
Bytes content_of_come(const Move& move, Came came) {
    Bytes content(move.id.begin(), move.id.end());
    if (came == Came::begun) content.push_back(0);
    return content;
}

std::string file_of_account(const AccountName& name) {
    return RecordName::of(name).stem() + std::string(account_suffix);
}

// What the seal of a file is bound to.
std::string place_of_file(const std::string& path) {
    return std::string(fleet_folder) + "/" + moves_folder + "/" + path;
}

Result<void> confirmed(const Result<Placed>& placed) {
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, "The disk did not confirm a record of a move: it may be in force. Do it again.");
}

std::unexpected<Error> in_file(const std::string& path, Error error) {
    return fail(error.code, place_of_file(path) + ": " + error.detail);
}

Result<std::vector<std::string>> stems_in(int folder, std::string_view suffix) {
    std::vector<std::string> stems;
    const auto listed = for_each_name(folder, [&](std::string_view name) {
        if (name.ends_with(suffix)) stems.emplace_back(name.substr(0, name.size() - suffix.size()));
        return true;
    });
    if (!listed) return std::unexpected(listed.error());
    return stems;
}

Result<void> check_host(const std::string& host) {
    if (is_name_of_host(host)) return {};
    return fail(Errc::invalid, "that is no name of a host");
}

}  // namespace

struct FileMoves::Parts {
    StoreDirectories directories;
    StoreContext context;

    // The folder, made where it is missing.
    [[nodiscard]] Result<UniqueFd> made_folder(int directory, const std::string& name) const {
        if (::mkdirat(directory, name.c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return fail_errno(name, errno);
        if (const auto kept = fsync_directory(directory); !kept) return std::unexpected(kept.error());
        return open_owned_folder(directory, name.c_str(), context.owner);
    }
    [[nodiscard]] Result<UniqueFd> fleet() const {
        auto folder = open_owned_folder(directories.root(), fleet_folder, context.owner);
        if (!folder && folder.error().code == Errc::not_found)
            return fail(Errc::not_found, "there is no fleet here: secondstep fleet create makes one");
        return folder;
    }
    enum class Missing { is_made, is_an_error };
    // Errors: also not_found.
    [[nodiscard]] Result<UniqueFd> folder_in(int directory, const std::string& name, Missing missing) const {
        return missing == Missing::is_made ? made_folder(directory, name)
                                           : open_owned_folder(directory, name.c_str(), context.owner);
    }
    [[nodiscard]] Result<UniqueFd> moves(Missing missing) const {
        const auto there = fleet();
        if (!there) return std::unexpected(there.error());
        return folder_in(there->get(), moves_folder, missing);
    }
    [[nodiscard]] Result<UniqueFd> folder_for(const std::string& host, const std::string& name,
                                              Missing missing) const {
        if (const auto good = check_host(host); !good) return std::unexpected(good.error());
        const auto folder = moves(missing);
        if (!folder) return std::unexpected(folder.error());
        return folder_in(folder->get(), name, missing);
    }
    [[nodiscard]] Result<UniqueFd> away_for(const std::string& host, Missing missing) const {
        return folder_for(host, folder_of(host), missing);
    }
    [[nodiscard]] Result<UniqueFd> come_from(const std::string& host, Missing missing) const {
        return folder_for(host, folder_of_come(host), missing);
    }
    // `path`: of the file, from moves/ on; `name`: in `folder`. Errors: also not_found.
    [[nodiscard]] Result<Secret> opened(int folder, const std::string& name, const std::string& path) const {
        const FileTrust trust{.owner = context.owner, .max_size = max_sealed_size};
        const auto fd = open_trusted(folder, name.c_str(), O_RDONLY, trust);
        if (!fd && fd.error().code == Errc::not_found) return std::unexpected(fd.error());
        if (!fd) return in_file(path, fd.error());
        const auto sealed = read_whole(fd->get(), max_sealed_size);
        if (!sealed) return in_file(path, sealed.error());
        auto text = unseal_named(*sealed, place_of_file(path), context.ring);
        if (!text && text.error().code == Errc::not_found)
            return in_file(path, {Errc::damaged, "sealed with a key that is not in host.key: restore it"});
        if (!text) return in_file(path, {text.error().code, "the record is damaged, or of another place"});
        return text;
    }
    [[nodiscard]] Result<void> write(int folder, const std::string& name, const std::string& path,
                                     const Secret& text) const {
        const auto sealed = seal_named(text, place_of_file(path), context.ring, context.randomness);
        if (!sealed) return std::unexpected(sealed.error());
        return confirmed(write_durably(folder, name, *sealed, S_IRUSR | S_IWUSR));
    }
};

FileMoves::FileMoves(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

FileMoves::~FileMoves() = default;

Result<std::unique_ptr<FileMoves>> FileMoves::open(const std::string& store, bool allow_network_file_system,
                                                   const Keyring& ring, const Clock& clock,
                                                   Randomness& randomness) {
    auto directories = StoreDirectories::open(store, ::geteuid(), allow_network_file_system);
    if (!directories) return std::unexpected(directories.error());
    auto parts = std::make_unique<Parts>(
        Parts{std::move(*directories), StoreContext{ring, clock, randomness, 1, ::geteuid()}});
    if (const auto there = parts->fleet(); !there) return std::unexpected(there.error());
    return std::unique_ptr<FileMoves>(new FileMoves(std::move(parts)));
}

Result<std::optional<Move>> FileMoves::of_host(const std::string& host) const {
    if (!is_name_of_host(host)) return std::optional<Move>{};
    const auto folder = parts_->moves(Parts::Missing::is_an_error);
    if (!folder && folder.error().code == Errc::not_found) return std::optional<Move>{};
    if (!folder) return std::unexpected(folder.error());
    const std::string file = file_of_move(host);
    const auto text = parts_->opened(folder->get(), file, file);
    if (!text && text.error().code == Errc::not_found) return std::optional<Move>{};
    if (!text) return std::unexpected(text.error());
    auto move = decode_move(*text);
    if (!move) return in_file(file, move.error());
    if (move->host != host) return in_file(file, {Errc::damaged, "it is the record of another host"});
    return std::optional(std::move(*move));
}

Result<std::vector<std::string>> FileMoves::hosts() const {
    const auto folder = parts_->moves(Parts::Missing::is_an_error);
    if (!folder && folder.error().code == Errc::not_found) return std::vector<std::string>{};
    if (!folder) return std::unexpected(folder.error());
    return stems_in(folder->get(), move_suffix);
}

Result<std::optional<Move>> FileMoves::by_id(const PermissionId& id) const {
    const auto all = hosts();
    if (!all) return std::unexpected(all.error());
    for (const std::string& host : *all) {
        auto move = of_host(host);
        if (!move) return move;
        if (*move && (*move)->id == id) return move;
    }
    return std::optional<Move>{};
}

Result<void> FileMoves::put(const Move& move) const {
    if (const auto good = check_host(move.host); !good) return good;
    const auto folder = parts_->moves(Parts::Missing::is_made);
    if (!folder) return std::unexpected(folder.error());
    const std::string file = file_of_move(move.host);
    return parts_->write(folder->get(), file, file, encode(move));
}

Result<void> FileMoves::remove(const std::string& host) const {
    if (const auto good = check_host(host); !good) return good;
    const auto folder = parts_->moves(Parts::Missing::is_made);
    if (!folder) return std::unexpected(folder.error());
    return confirmed(remove_durably(folder->get(), file_of_move(host)));
}

Result<Came> FileMoves::come(const Move& move, const AccountName& name) const {
    const auto folder = parts_->come_from(move.host, Parts::Missing::is_an_error);
    if (!folder && folder.error().code == Errc::not_found) return Came::no;
    if (!folder) return std::unexpected(folder.error());
    const std::string file = file_of_account(name);
    const auto text = parts_->opened(folder->get(), file, folder_of_come(move.host) + "/" + file);
    if (!text && text.error().code == Errc::not_found) return Came::no;
    if (!text) return std::unexpected(text.error());
    for (const Came came : {Came::begun, Came::whole})
        if (std::ranges::equal(text->bytes(), content_of_come(move, came))) return came;
    return Came::no;
}

Result<void> FileMoves::note_come(const Move& move, const AccountName& name, Came came) const {
    const auto noted = this->come(move, name);
    if (!noted) return std::unexpected(noted.error());
    if (*noted == came) return {};
    const auto folder = parts_->come_from(move.host, Parts::Missing::is_made);
    if (!folder) return std::unexpected(folder.error());
    const std::string file = file_of_account(name);
    return parts_->write(folder->get(), file, folder_of_come(move.host) + "/" + file,
                         Secret::copy_of(content_of_come(move, came)));
}

Result<void> FileMoves::forget_come(const std::string& host) const {
    const auto folder = parts_->come_from(host, Parts::Missing::is_an_error);
    if (!folder && folder.error().code == Errc::not_found) return {};
    if (!folder) return std::unexpected(folder.error());
    const auto stems = stems_in(folder->get(), account_suffix);
    if (!stems) return std::unexpected(stems.error());
    for (const std::string& stem : *stems) {
        const auto gone = confirmed(remove_durably(folder->get(), stem + std::string(account_suffix)));
        if (!gone) return gone;
    }
    return {};
}

Result<void> FileMoves::put_away(const std::string& host, const MovingAccount& account) const {
    const auto folder = parts_->away_for(host, Parts::Missing::is_made);
    if (!folder) return std::unexpected(folder.error());
    const auto content = encode(account);
    if (!content) return std::unexpected(content.error());
    const std::string file = file_of_account(account.credential.account);
    return parts_->write(folder->get(), file, folder_of(host) + "/" + file, *content);
}

Result<std::vector<AccountName>> FileMoves::away(const std::string& host) const {
    const auto folder = parts_->away_for(host, Parts::Missing::is_an_error);
    if (!folder && folder.error().code == Errc::not_found) return std::vector<AccountName>{};
    if (!folder) return std::unexpected(folder.error());
    const auto stems = stems_in(folder->get(), account_suffix);
    if (!stems) return std::unexpected(stems.error());
    std::vector<AccountName> names;
    for (const std::string& stem : *stems) {
        if (auto name = account_of_stem(stem)) names.push_back(std::move(*name));
    }
    std::ranges::sort(names);
    return names;
}

Result<MovingAccount> FileMoves::account_away(const std::string& host, const AccountName& name) const {
    const auto folder = parts_->away_for(host, Parts::Missing::is_an_error);
    if (!folder) return std::unexpected(folder.error());
    const std::string file = file_of_account(name);
    const std::string path = folder_of(host) + "/" + file;
    const auto content = parts_->opened(folder->get(), file, path);
    if (!content) return std::unexpected(content.error());
    auto account = decode_moving_account(*content);
    if (!account) return in_file(path, account.error());
    if (account->credential.account != name)
        return in_file(path, {Errc::damaged, "it is the account of somebody else"});
    return account;
}

Result<void> FileMoves::forget_away(const std::string& host, const AccountName& name) const {
    const auto folder = parts_->away_for(host, Parts::Missing::is_made);
    if (!folder) return std::unexpected(folder.error());
    return confirmed(remove_durably(folder->get(), file_of_account(name)));
}

}  // namespace secondstep::fleet
