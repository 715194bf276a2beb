#include <cstdlib>

#include "otp/migration.h"
#include "otp/otpauth_uri.h"
#include "support/migration_payload.h"

using namespace secondstep;

namespace {

// Every account that is given can be written as a URI.
void check(const Result<otp::MigrationPart>& part) {
    if (!part) return;
    for (const otp::DescribedKey& account : part->accounts) {
        if (!otp::to_uri(account.key)) std::abort();
    }
}

}  // namespace

// The input as a whole URI, and as the payload inside one: the fuzzer would need long to learn base64.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check(otp::parse_migration(input));
    check(otp::parse_migration(testing::migration_uri(input)));
    return 0;
}
