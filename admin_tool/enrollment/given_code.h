#pragma once

#include <boost/program_options/options_description.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "access/one_user.h"
#include "access/store_session.h"
#include "account/one_time_grant.h"
#include "base/secret.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "people/named_account.h"
#include "store/change.h"

namespace secondstep::tool {

// A code that the administrator gives to somebody, and that works once. It exists here and on their screen;
// the state keeps a digest.
struct GivenCode {
    Secret text;  // "7K3M9-QXT2H"
    OneTimeGrant grant;
};

[[nodiscard]] Result<GivenCode> make_code(const StoreSession& session, const RecordName& record,
                                          GrantKind kind, std::chrono::seconds valid);

// Of which kind, for how long, and of whom the record is changed: change_enrolled or change_known.
struct CodeOrder {
    GrantKind kind;
    std::chrono::seconds valid;
    OrExit<Kept> (*change)(const StoreSession& session, const NamedAccount& whose, std::string_view undone,
                           const Decide& decide);
};
struct CodeGiven {
    GivenCode code;
    bool replaces = false;  // one that was still waiting, and is void now
};
// Makes a code and writes its digest down in place of the one before. Hold the signals until it is shown. Stops
// with what `change` stops with.
[[nodiscard]] OrExit<CodeGiven> give_code(const StoreSession& session, const NamedAccount& whose,
                                          const CodeOrder& order);
// {"user", "changed", "until", "replaced"}; the code itself is added where it is written.
[[nodiscard]] Json to_json(const CodeGiven& given, const std::string& user);

// How long a code may wait for its use.
struct Validity {
    const char* usual;
    std::chrono::seconds longest;
};
inline constexpr Validity registration_validity{"24h", std::chrono::days{30}};
inline constexpr Validity temporary_validity{"8h", std::chrono::days{7}};

void add_valid_option(boost::program_options::options_description& options, const Validity& validity);
[[nodiscard]] OrExit<std::chrono::seconds> valid_for(const Arguments& arguments, const Validity& validity);

// The code alone on a line, and under it that it works once, and until when.
void show_code(Output& screen, const GivenCode& code);
// To read out over a telephone: "seven Kilo three Mike nine, Quebec X-ray Tango two Hotel".
[[nodiscard]] Secret spelled(const Secret& code);
// What to do with a registration code: `where` of that login it is typed, and whether it took the place of another.
void show_registration_code(Output& screen, const std::string& account, const GivenCode& code,
                            std::string_view where, bool replaces);

// Done, or unavailable after saying what to do when the code could not be written to the screen.
[[nodiscard]] Exit unless_unseen(std::string_view what_to_do);

}  // namespace secondstep::tool
