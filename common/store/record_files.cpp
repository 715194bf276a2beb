#include "store/record_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "store/directory_listing.h"
#include "store/moving_credential.h"

namespace secondstep {
namespace {

std::unexpected<Error> in_file(const RecordName& name, const Error& error) {
    return fail(error.code, credential_file_name(name) + ": " + error.detail);
}

bool is_of(const Credential& credential, const RecordName& name) {
    return RecordName::of(credential.account).stem() == name.stem();
}

// Up to `buffer.size()` bytes from the beginning; a regular file gives them in one call.
Result<ByteView> read_beginning(int fd, MutableByteView buffer) {
    ssize_t n = ::pread(fd, buffer.data(), buffer.size(), 0);
    while (n < 0 && errno == EINTR)
        n = ::pread(fd, buffer.data(), buffer.size(), 0);
    if (n < 0) return fail_errno("read", errno);
    return ByteView(buffer.first(static_cast<std::size_t>(n)));
}

Result<Credential> opened(ByteView sealed, const RecordName& name, const Keyring& ring) {
    const auto text = is_moving(sealed) ? unseal_moving(sealed, name, ring) : unseal(sealed, name, ring);
    if (!text) return std::unexpected(text.error());
    auto credential = decode_credential(*text);
    if (credential && !is_of(*credential, name)) {
        return fail(Errc::damaged, "The credential belongs to another account.");
    }
    return credential;
}

// For a login there is no difference between a credential whose bytes are wrong and one whose key is gone.
Error as_damage(Error error) {
    if (error.code == Errc::not_found || error.code == Errc::too_large) error.code = Errc::damaged;
    return error;
}

// One byte more than is allowed, so that a file which grew since fstat does not pass for its beginning.
using CredentialBuffer = std::array<std::uint8_t, max_sealed_credential + 1>;

// The bytes of the file, in `buffer`. Nothing: there is no such file. Errors: untrusted, damaged, io.
Result<std::optional<ByteView>> bytes_of_credential(int directory, const RecordName& name,
                                                    const StoreContext& context, CredentialBuffer& buffer) {
    const FileTrust trust{.owner = context.owner, .max_size = max_sealed_credential};
    const auto fd = open_trusted(directory, credential_file_name(name).c_str(), O_RDONLY, trust);
    if (!fd && fd.error().code == Errc::not_found) return std::optional<ByteView>{};
    if (!fd) return std::unexpected(as_damage(fd.error()));
    const auto sealed = read_beginning(fd->get(), buffer);
    if (!sealed) return in_file(name, sealed.error());
    return std::optional(*sealed);
}

// Nothing: there is no such file. Errors: untrusted, damaged, unsupported, crypto, io.
Result<std::optional<Credential>> read_credential(int directory, const RecordName& name,
                                                  const StoreContext& context) {
    CredentialBuffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
    const auto sealed = bytes_of_credential(directory, name, context, buffer);
    if (!sealed) return std::unexpected(sealed.error());
    if (!*sealed) return std::optional<Credential>{};
    auto credential = opened(**sealed, name, context.ring);
    if (!credential) return in_file(name, as_damage(credential.error()));
    return std::optional(std::move(*credential));
}

std::unexpected<Error> state_is_missing(const RecordName& name) {
    return fail(Errc::damaged, state_file_name(name) +
                                   " is missing although there is a credential. Enroll the account again.");
}

Error credential_is_missing(const RecordName& name) {
    return {Errc::damaged, credential_file_name(name) +
                               " is missing although the account is enrolled. Restore it, enroll the account "
                               "again, or disable it."};
}

// Puts together what the two files say; takes the state away from `slots`.
Account account_of(StateSlots& slots, std::optional<Credential> credential, const StoreContext& context) {
    Account account{.credential = std::move(credential), .state = std::move(slots.state), .has_state = true};
    account.state_damaged = slots.any_damaged();
    // Interrupted between its two writes: the credential has committed it.
    if (account.credential) account.state = caught_up(std::move(account.state), *account.credential);
    if (account.state_damaged) {
        const Credential* const there = account.credential ? &*account.credential : nullptr;
        account.state = after_damage(std::move(account.state), there, context.window, context.clock.now());
    }
    if (account.credential) account.state.enrolled = true;
    return account;
}

// With a damaged slot nobody can tell whether "enrolled" stood there.
bool lacks_its_credential(const Account& account) {
    return !account.credential && (account.state.enrolled || account.state_damaged);
}

// What a new enrollment may replace. Not a newer format, and nothing that an
// administrator has to look at first.
bool is_replaceable(const Error& error) {
    return error.code == Errc::damaged;
}

}  // namespace

std::string credential_file_name(const RecordName& name) {
    return name.stem() + ".credential";
}

Result<Bytes> sealed_content(const Credential& credential, const RecordName& name,
                             const StoreContext& context) {
    const Secret text = encode(credential);
    // What would not be read again must not replace what can be.
    if (!is_of(credential, name) || !decode_credential(text)) {
        return fail(Errc::invalid, credential_file_name(name) + ": this credential could not be read back.");
    }
    auto sealed = seal(text, name, context.ring, context.randomness);
    if (sealed && sealed->size() > max_sealed_credential)
        return fail(Errc::too_large, "The credential is too large.");
    return sealed;
}

Result<void> RecordFiles::open_state(int flags) {
    auto opened_file = StateFile::open(directory_, name_, flags, context_);
    if (!opened_file) return std::unexpected(std::move(opened_file.error()));
    state_.emplace(std::move(*opened_file));
    return {};
}

Result<void> RecordFiles::create_state() const {
    const auto credential = read_credential(directory_, name_, context_);
    if (!credential && !is_replaceable(credential.error())) return std::unexpected(credential.error());
    State state;
    if (!credential) state.enrolled = true;
    if (credential && *credential) {
        state = after_damage(State{}, &**credential, context_.window, context_.clock.now());
    }
    const auto content = StateFile::new_content(name_, std::move(state), context_.ring);
    if (!content) return std::unexpected(content.error());
    auto created = create_durably(directory_, state_file_name(name_), *content, S_IRUSR | S_IWUSR);
    if (!created && created.error().code == Errc::exists)
        return {};  // somebody else was faster: theirs is as good
    return created;
}

Result<Account> RecordFiles::load(LostCredential lost) {
    if (state_) {
        if (const auto read = read_slots(); !read) return std::unexpected(read.error());
    }
    auto credential = read_credential(directory_, name_, context_);
    const bool tolerant = lost == LostCredential::is_told;
    if (!credential && !(tolerant && is_replaceable(credential.error())))
        return std::unexpected(credential.error());
    if (!state_) return credential && *credential ? Result<Account>(state_is_missing(name_)) : Account{};
    Account account = account_of(slots_, credential ? std::move(*credential) : std::nullopt, context_);
    if (!credential) account.lost_credential = credential.error();
    if (credential && lacks_its_credential(account)) {
        if (!tolerant) return std::unexpected(credential_is_missing(name_));
        account.lost_credential = credential_is_missing(name_);
    }
    if (account.lost_credential) account.state.enrolled = true;
    return account;
}

Result<void> RecordFiles::read_slots() {
    auto slots = state_->read();
    if (!slots) return std::unexpected(std::move(slots.error()));
    slots_ = std::move(*slots);
    return {};
}

Result<State> RecordFiles::load_state() {
    if (const auto read = read_slots(); !read) return std::unexpected(read.error());
    return std::move(slots_.state);
}

Result<State> RecordFiles::write_state(State next, Durability durability) {
    return state_->write(slots_, std::move(next), durability);
}

Result<Placed> RecordFiles::write_credential(const Credential& credential) const {
    const auto sealed = sealed_content(credential, name_, context_);
    if (!sealed) return std::unexpected(sealed.error());
    return write_durably(directory_, credential_file_name(name_), *sealed, S_IRUSR | S_IWUSR);
}

Result<Placed> RecordFiles::remove_credential() const {
    return remove_durably(directory_, credential_file_name(name_));
}

Result<void> RecordFiles::prepare_move(const Credential& here, const Credential& there,
                                       const RecordName& to) const {
    const auto first = sealed_content(here, name_, context_);
    if (!first) return std::unexpected(first.error());
    const auto second = sealed_content(there, to, context_);
    if (!second) return std::unexpected(second.error());
    const Bytes both = moving_file(*first, *second);
    if (both.size() > max_sealed_credential) return fail(Errc::too_large, "The credential is too large.");
    const auto placed = write_durably(directory_, credential_file_name(name_), both, S_IRUSR | S_IWUSR);
    if (!placed) return std::unexpected(placed.error());
    // It opens under the old name, as the one before did: nothing has happened.
    if (*placed == Placed::unconfirmed)
        return fail(Errc::io, credential_file_name(name_) + ": the disk did not confirm the file.");
    return {};
}

Result<void> RecordFiles::move_credential(const RecordName& to) const {
    const std::string from_file = credential_file_name(name_);
    const std::string to_file = credential_file_name(to);
    if (::renameat2(directory_, from_file.c_str(), directory_, to_file.c_str(), RENAME_NOREPLACE) != 0) {
        const bool not_known_here = errno == EINVAL || errno == ENOSYS;
        if (!not_known_here || is_there(directory_, to_file)) return fail_errno(to_file, errno);
        // Nobody else makes this file: whoever would holds the lock that we hold.
        if (::renameat(directory_, from_file.c_str(), directory_, to_file.c_str()) != 0)
            return fail_errno(to_file, errno);
    }
    return fsync_directory(directory_);
}

Result<bool> RecordFiles::has_moved_from(const RecordName& from) const {
    CredentialBuffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
    const auto file = bytes_of_credential(directory_, name_, context_, buffer);
    if (!file) return std::unexpected(file.error());
    return *file && is_moving(**file) && opened(**file, from, context_.ring).has_value();
}

}  // namespace secondstep
