#include "migration/app_export_source.h"

#include <utility>

#include "app_exports/app_export_file.h"
#include "app_exports/key_choice.h"
#include "base/text.h"
#include "console/output.h"
#include "migration/formats/gathered_accounts.h"

namespace secondstep::tool {

OrExit<otp::DescribedKey> key_of_app_export(const Call& call, const std::string& path) {
    const auto choice = call.arguments.number("choose");
    if (!choice) return stop(choice.error());
    auto read = open_app_export(path, call.arguments.text("password-file"));
    if (!read) return stop(read.error());
    for (const std::string& sentence : read->passed_over)
        err().line("Passed over: " + sentence);
    const bool others = !read->passed_over.empty();
    return chosen_of({std::move(read->keys), std::move(read->numbers), others}, *choice, err());
}

Reading read_app_key(otp::DescribedKey described, std::string_view user, std::string_view file) {
    GatheredAccounts gathered;
    ImportedToken token = token_of(std::move(described));
    token.name = printable(token.token.issuer, 64);
    gathered.add(user, printable(file), std::move(token));
    return std::move(gathered).take();
}

}  // namespace secondstep::tool
