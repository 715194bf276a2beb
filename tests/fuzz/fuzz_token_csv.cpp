#include "fuzz/imported_reading.h"
#include "migration/formats/token_csv.h"

using namespace secondstep;

// What was read can be written, and is read again as the same; but for devices that nobody has, of which an
// export knows nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = [](ByteView content) {
        return tool::read_token_csv(std::string(content.begin(), content.end()), "file");
    };
    const auto reading = read(ByteView(data, size));
    tool::check(reading);
    if (!reading || reading->accounts.empty()) return 0;
    Secret written = Secret::copy_of(tool::token_csv_header());
    std::size_t people = 0;
    for (const tool::ImportedAccount& account : reading->accounts) {
        if (account.user.empty()) continue;
        ++people;
        for (const tool::ImportedToken& token : account.tokens) {
            written.append(tool::token_csv_row(account.user, token).text());
        }
    }
    const auto again = read(written.bytes());
    if (!again || !again->unusable.empty() || again->accounts.size() != people) std::abort();
    return 0;
}
