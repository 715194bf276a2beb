#include "account/account_name.h"

#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::size_t longest_name = 80;
constexpr std::string_view upper_hex = "0123456789ABCDEF";

bool stays_itself(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string stem_of(std::string_view name) {
    std::string stem;
    for (const char c : name) {
        if (stays_itself(c)) {
            stem += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        stem += {'%', upper_hex[byte >> 4U], upper_hex[byte & 15U]};
    }
    return stem;
}

// Undoes stem_of loosely; the caller compares with stem_of of the outcome, which settles what is canonical.
std::string name_of(std::string_view stem) {
    std::string name;
    for (std::size_t i = 0; i < stem.size(); ++i) {
        if (stem[i] != '%' || i + 2 >= stem.size()) {
            name += stem[i];
            continue;
        }
        const std::size_t high = upper_hex.find(stem[i + 1]);
        const std::size_t low = upper_hex.find(stem[i + 2]);
        name += static_cast<char>((high << 4U) | (low & 15U));
        i += 2;
    }
    return name;
}

}  // namespace

Result<AccountName> AccountName::create(std::string_view name) {
    if (name.empty()) return fail(Errc::invalid, "The user name is empty.");
    if (name.size() > longest_name) return fail(Errc::invalid, "The user name is longer than 80 bytes.");
    if (!is_valid_utf8(name)) return fail(Errc::invalid, "The user name is not valid UTF-8.");
    if (has_control_characters(name)) return fail(Errc::invalid, "The user name has control characters.");
    if (name.find('/') != std::string_view::npos) return fail(Errc::invalid, "The user name has a '/'.");
    if (name == "." || name == "..") return fail(Errc::invalid, "The user name is '.' or '..'.");
    if (name.front() == '-') return fail(Errc::invalid, "The user name begins with '-'.");
    return AccountName(std::string(name));
}

RecordName RecordName::of(const AccountName& account) {
    return {Folder::users, stem_of(account.text())};
}

RecordName RecordName::decoy(std::uint8_t number) {
    return {Folder::decoys, hex(ByteView{&number, 1})};
}

// '+' is written "%2B" in an account's stem, so the host's is nobody's.
RecordName RecordName::portals_of(const std::optional<AccountName>& owner) {
    return {Folder::portals, owner ? stem_of(owner->text()) : "+host"};
}

RecordName RecordName::machine() {
    return {Folder::none, "machine"};
}

RecordName RecordName::break_glass() {
    return {Folder::none, "break-glass"};
}

std::string RecordName::sealed_name() const {
    switch (folder_) {
        case Folder::users:
            return "users/" + stem_;
        case Folder::decoys:
            return "decoys/" + stem_;
        case Folder::portals:
            return "portals/" + stem_;
        case Folder::none:
            break;
    }
    return stem_;
}

Result<AccountName> account_of_stem(std::string_view stem) {
    auto account = AccountName::create(name_of(stem));
    if (!account || RecordName::of(*account).stem() != stem) {
        return fail(Errc::invalid, "Not the name of an account's file.");
    }
    return account;
}

}  // namespace secondstep
