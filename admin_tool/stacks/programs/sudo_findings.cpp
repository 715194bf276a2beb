#include "stacks/programs/sudo_findings.h"

namespace secondstep::tool {

namespace {

Remark remark_of(const Sudoers::Answer& answer, const std::string& who_calls) {
    const std::string flag(flag_of(answer.whom));
    return {.level = Remark::Level::warning,
            .file = answer.file,
            .line = answer.line,
            .text = flag + ": sudo asks " + who_calls + " for the password and the code of " +
                    person_asked(answer.whom) + ", and for no code where that account is not enrolled",
            .now = {},
            .mend = "Defaults !" + flag + ", behind this line, by visudo; or enroll that account",
            .finding = Finding::somebody_elses_code};
}

}  // namespace

std::string person_asked(SudoAsks whom) {
    switch (whom) {
        case SudoAsks::caller:
            break;
        case SudoAsks::root:
            return "root";
        case SudoAsks::default_account:
            return "the account of runas_default (root unless it is written)";
        case SudoAsks::target:
            return "the account that the command runs as (root unless -u is given)";
    }
    return "who calls it";
}

Remarks sudo_findings(const SudoAsking& asking) {
    Remarks out;
    if (asking.for_everybody.whom != SudoAsks::caller)
        out.push_back(remark_of(asking.for_everybody, "everybody"));
    if (asking.for_some && asking.for_some->whom != asking.for_everybody.whom)
        out.push_back(remark_of(*asking.for_some, "some people"));
    return out;
}

}  // namespace secondstep::tool
