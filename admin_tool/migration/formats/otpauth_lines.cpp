#include "migration/formats/otpauth_lines.h"
#include "files/address_lines.h"

#include <cstdint>
#include <map>
#include <utility>

#include "account/account_name.h"
#include "base/text.h"
#include "migration/formats/gathered_accounts.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {
namespace {

constexpr std::string_view may_go_on =
    "It may go on in the next line, which is no address: an address stands in one line, and lines of another kind "
    "stand behind an empty one.";
constexpr std::string_view of_another_app =
    "It is for Microsoft's own app (phonefactor): choose \"other authenticator app\" on that page.";
constexpr std::size_t most_bytes = std::size_t{64} << 20;

// The pictures of one export, and where the first of them stands.
struct Export {
    std::string place;
    std::vector<otp::MigrationPart> parts;
};
// By its id, and its number of pictures: two exports of one phone may stand in one file.
using Exports = std::map<std::pair<std::uint64_t, std::uint32_t>, Export>;

void add(GatheredAccounts& gathered, const std::string& place, otp::DescribedKey described) {
    // A name that had to be cut would be somebody else's; --user says whose it is.
    const bool is_name = !described.account_cut && AccountName::create(described.key.account).has_value();
    const std::string user = is_name ? described.key.account : "";
    ImportedToken token = token_of(std::move(described));
    token.name = printable(token.token.issuer, 64);
    if (ImportedAccount* const account = gathered.add(user, place, std::move(token)))
        account->is_label = true;
}

void add(GatheredAccounts& gathered, Export one) {
    auto all = otp::join(std::move(one.parts));
    if (!all) {
        gathered.refuse(std::move(one.place), std::move(all.error().detail));
        return;
    }
    for (otp::DescribedKey& account : all->accounts)
        add(gathered, one.place, std::move(account));
    for (const otp::NotCarried& account : all->not_carried)
        gathered.refuse(one.place, "One of its accounts: " + account.why);
}

void take_line(GatheredAccounts& gathered, Exports& exports, std::string place, std::string_view line) {
    if (otp::is_migration_uri(line)) {
        auto part = otp::parse_migration(line);
        if (!part) return gathered.refuse(std::move(place), std::move(part.error().detail));
        Export& one = exports[{part->batch_id, part->batch_size}];
        if (one.parts.empty()) one.place = std::move(place);
        one.parts.push_back(std::move(*part));
        return;
    }
    auto uri = otp::parse_otpauth_uri(line);
    if (!uri) return gathered.refuse(std::move(place), std::move(uri.error().detail));
    add(gathered, place, std::move(*uri));
}

}  // namespace

Result<Reading> read_otpauth_lines(std::string_view text, std::string_view file) {
    if (text.size() > most_bytes) return fail(Errc::too_large, printable(file) + ": over 64 MiB");
    GatheredAccounts gathered;
    Exports exports;
    AddressLines lines(text);
    while (const auto line = lines.next()) {
        std::string place = place_of(file, line->number);
        switch (line->kind) {
            case AddressLines::Kind::cut_off:
                gathered.refuse(std::move(place), std::string(may_go_on));
                break;
            case AddressLines::Kind::of_another_app:
                gathered.refuse(std::move(place), std::string(of_another_app));
                break;
            case AddressLines::Kind::address:
            case AddressLines::Kind::other:
                take_line(gathered, exports, std::move(place), line->text);
                break;
        }
    }
    for (auto& [id, one] : exports)
        add(gathered, std::move(one));
    return std::move(gathered).take();
}

Result<Secret> otpauth_line(const ImportedToken& token) {
    auto line = otp::to_uri(token.token);
    if (line) line->push_back('\n');
    return line;
}

}  // namespace secondstep::tool
