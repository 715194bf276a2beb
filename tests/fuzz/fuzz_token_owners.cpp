#include <algorithm>

#include "files/text_encoding.h"
#include "fuzz/imported_reading.h"
#include "migration/formats/source_kind.h"
#include "migration/formats/token_csv.h"
#include "migration/formats/token_owners.h"

using namespace secondstep;

// The list of owners, an empty line, and a list of devices that they are given: whoever gets one is in the
// list, and nobody gets one twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view raw(reinterpret_cast<const char*>(data), size);
    static_cast<void>(tool::found_instead(raw, "csv"));
    const auto utf8 = tool::in_utf8(raw, tool::encoding_of(raw));
    if (!utf8) return 0;
    const std::string_view input = utf8->text();
    const std::size_t gap = std::min(input.find("\n\n"), input.size());
    auto owners = tool::TokenOwners::parse(input.substr(0, gap), "owners");
    auto reading = tool::read_token_csv(input.substr(gap), "file");
    tool::TokenAssignment assignment{.user = {}, .serial = {}, .owners = {}, .upn_suffix = "corp.example"};
    if (owners) assignment.owners = std::move(*owners);
    if (!reading) return 0;
    const std::size_t tokens = reading->accounts.size();
    tool::AssignedReading assigned = tool::assign(std::move(*reading), assignment);
    for (const tool::ImportedAccount& account : assigned.reading.accounts) {
        if (account.user.empty()) std::abort();
    }
    if (assigned.reading.accounts.size() + assigned.left_out.size() > tokens) std::abort();
    tool::check(Result<tool::Reading>(std::move(assigned.reading)));
    return 0;
}
