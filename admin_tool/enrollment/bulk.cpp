#include "enrollment/bulk.h"

#include "access/own_account.h"
#include "access/store_session.h"
#include "enrollment/bulk_output.h"
#include "enrollment/bulk_run.h"

namespace secondstep::tool {

namespace {

Exit complain_about_input(const Error& error) {
    return complain(error.code == Errc::not_found ? Exit::usage : exit_of(error.code), error.detail);
}

Exit complain_about_output(const Error& error) {
    return complain(error.code == Errc::untrusted ? Exit::refused : exit_of(error.code), error.detail);
}

// Takes lines out of the output whose accounts were never committed:
// a copy with the right ones takes its place.
Exit keep_right_lines(const Config& config, BulkFile& file) {
    auto replacement = file.begin_replacement();
    if (!replacement) return complain_about_output(replacement.error());
    const int from = file.fd();
    const int to = replacement->get();
    const Exit copied = run_with_store(config, [from, to](StoreSession& session) {
        const auto result = copy_right_lines(*session.store, from, to);
        return result ? Exit::done : complain(result.error());
    });
    if (copied != Exit::done) {
        file.drop_replacement();
        return copied;
    }
    const auto replaced = file.replace(std::move(*replacement));
    return replaced ? Exit::done : complain_about_output(replaced.error());
}

}  // namespace

Exit enroll_bulk(const EnrollRequest& request, const Invocation& invocation) {
    const auto config = configuration(invocation);
    if (!config) return config.error();
    if (const auto here = only_where_it_is_judged("enroll", *config); !here) return here.error();
    const auto input = open_input(*request.bulk);
    if (!input) return complain_about_input(input.error());
    if (const auto begun = begin_first_use(*config); !begun) return begun.error();
    auto file = BulkFile::open(*request.output);
    if (!file) return complain_about_output(file.error());
    if (file->has_lines()) {
        if (const Exit kept = keep_right_lines(*config, *file); kept != Exit::done) return kept;
    }
    const SharedFlag torn;
    const Exit status = run_with_store(*config, [&](StoreSession& session) {
        return BulkRun(session, request, input->get(), file->fd(), torn).run();
    });
    if (!torn.is_set()) return status;
    const Exit mended = keep_right_lines(*config, *file);
    return mended == Exit::done ? status : mended;
}

}  // namespace secondstep::tool
