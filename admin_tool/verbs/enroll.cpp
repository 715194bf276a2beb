#include <csignal>

#include "access/own_account.h"
#include "access/store_session.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/json_text.h"
#include "console/output.h"
#include "enrollment/bulk.h"
#include "enrollment/device_addition.h"
#include "enrollment/device_request.h"
#include "enrollment/enroll_request.h"
#include "enrollment/enrollment_files.h"
#include "enrollment/enrollment_run.h"
#include "people/named_account.h"

namespace secondstep::tool {

namespace {

OrExit<NamedAccount> subject_of(const EnrollRequest& request, const Call& call) {
    auto subject = account_named(call.arguments.operands().front());
    if (!subject) return subject;
    // Whoever is to get one device more is known to the store.
    if (subject->entry || request.portal_user || request.add) return subject;
    complain_unknown(subject->account.text());
    return stop(complain(Exit::no_such_user, "--portal-user enrolls somebody who is known to a portal only"));
}

std::optional<Exit> ends_before(const StoreSession& session, const EnrollRequest& request,
                                const NamedAccount& subject) {
    return request.add ? DeviceAddition::ends_before(session, request, subject)
                       : ends_before_enrolling(session, request, subject);
}

// A program that is refused is told that nothing was changed, whatever refused it, where no more is known of the
// account than that.
Exit with_json(const EnrollRequest& request, const NamedAccount& subject, Exit ended) {
    if (request.json && ended == Exit::refused && !out().has_been_used())
        out().verbatim(dump({{"user", subject.account.text()}, {"changed", false}}));
    return ended;
}

// Asked alone where files are to be made: by whoever has the service account's rights, before the caller's
// files are opened with theirs.
OrExit<void> look_first(const EnrollRequest& request, const Call& call, const NamedAccount& subject) {
    if (!request.makes_files()) return {};
    const SharedFlag over;
    const Exit looked = run_with_store(call.config, [&](StoreSession& session) {
        const auto ended = ends_before(session, request, subject);
        if (ended) over.set();
        return with_json(request, subject, ended.value_or(Exit::done));
    });
    if (over.is_set() || looked != Exit::done) return stop(looked);
    return {};
}

Exit enroll_one(const EnrollRequest& request, const Call& call) {
    const auto subject = subject_of(request, call);
    if (!subject) return subject.error();
    if (const auto begun = begin_first_use(call.config); !begun) return begun.error();
    if (const auto needed = look_first(request, call, *subject); !needed) return needed.error();
    auto files = EnrollmentFiles::open(request);
    if (!files) return with_json(request, *subject, files.error());
    ::signal(SIGPIPE,
             SIG_IGN);  // codes of an account that is stored must get out another way, not end with the pipe
    const EnrollmentFiles& opened = *files;
    return run_with_store(call.config, files->all, [&](StoreSession& session) {
        const Exit ended = request.add ? DeviceAddition(session, request, *subject, opened).run()
                                       : EnrollmentRun(session, request, *subject, opened).run();
        return with_json(request, *subject, ended);
    });
}

Exit enroll_oneself(const Call& call) {
    const Arguments& arguments = call.arguments;
    if (arguments.has("method") || arguments.has("address"))
        return complain(Exit::not_allowed,
                        "leave --method and --address out: secondstep enroll asks you what you want, of "
                        "what the rules allow you, and where codes shall be sent");
    if (!arguments.is_on("add")) return manage_own(call, {.task = Task::enroll});
    const dialogue::DeviceRequest request{.verb = dialogue::DeviceRequest::Verb::add,
                                          .device = arguments.text("name").value_or("")};
    return manage_own(
        call, {.task = Task::devices, .options = {"add", "name"}, .form = [&] { return encode(request); }});
}

}  // namespace

Exit enroll(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, EnrollRequest::options(), {0, 1});
    if (!call) return call.error();
    if (is_for_own_account(call->config)) return enroll_oneself(*call);
    const auto request = EnrollRequest::from(call->arguments);
    if (!request) return request.error();
    return request->bulk ? enroll_bulk(*request, call->arguments.invocation()) : enroll_one(*request, *call);
}

}  // namespace secondstep::tool
