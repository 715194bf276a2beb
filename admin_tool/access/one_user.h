#pragma once

#include <boost/program_options/options_description.hpp>
#include <memory>

#include "access/own_account.h"
#include "access/store_session.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "people/named_account.h"
#include "policy/config.h"

namespace secondstep::tool {

// What the verbs about one user that is enrolled have in common.
struct OneUser {
    Arguments arguments;
    NamedAccount subject;
    Config config;
    [[nodiscard]] const std::string& name() const { return subject.account.text(); }
    [[nodiscard]] bool json() const { return arguments.is_on("json"); }
};

// Options every such verb has; add the verb's own.
[[nodiscard]] boost::program_options::options_description json_option(const char* what);
void add_yes_option(boost::program_options::options_description& options);

[[nodiscard]] OrExit<OneUser> one_user(const Command& command, const Invocation& invocation,
                                       const boost::program_options::options_description& options);

// The user is the operand with this index.
[[nodiscard]] OrExit<OneUser> one_user(Call call, std::size_t operand);

// A change of the user's record. Stops when nobody is enrolled under that name (with no_such_user when the
// machine does not know it either), or when it cannot be read; and when it cannot be written, after saying
// `undone` ("not marked").
[[nodiscard]] OrExit<Kept> change_enrolled(const StoreSession& session, const NamedAccount& subject,
                                           std::string_view undone, const Decide& decide);
// The same of somebody whom the machine or the store knows; the record is made when there is none. Stops with
// no_such_user, or when the credential is lost or damaged.
[[nodiscard]] OrExit<Kept> change_known(const StoreSession& session, const NamedAccount& subject,
                                        std::string_view undone, const Decide& decide);
// What change_enrolled() looks at, without the lock.
[[nodiscard]] OrExit<Account> read_enrolled(const StoreSession& session, const NamedAccount& subject);

// `work` on the store, about one user. With --json a program is told of it too when nobody is enrolled, and so
// nothing was changed; the status stays not_enrolled.
[[nodiscard]] Exit run_for(const OneUser& user, const StoreWork& work);
[[nodiscard]] Exit run_for(const OneUser& user, std::vector<CallerFile>& files, const StoreWork& work);

// With --yes, or when somebody at a terminal says so. Stops with refused, after saying that nothing changed.
[[nodiscard]] OrExit<void> agreed(const OneUser& user, const std::string& question);

}  // namespace secondstep::tool
