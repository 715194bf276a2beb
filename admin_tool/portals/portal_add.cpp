#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "access/service_child.h"
#include "access/store_session.h"
#include "app_exports/app_export_file.h"
#include "base/pasted_text.h"
#include "base/text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "portals/key_input.h"
#include "portals/portal_call.h"
#include "portals/portal_code.h"
#include "portals/portal_phone.h"
#include "portals/portal_session.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

constexpr int most_looks = 50;  // at the present code, before it is stored or not

Output& screen_of(const PortalCall& call) {
    return call.json() ? err() : out();
}

OrExit<std::optional<std::size_t>> choice_of(const PortalCall& call) {
    const auto number = call.call.arguments.number("choose");
    if (!number) return stop(number.error());
    return *number;
}

bool is_by_phone(const PortalCall& call) {
    return call.has("phone") || call.call.arguments.is_on("link");
}

OrExit<otp::DescribedKey> read_token(const PortalCall& call) {
    const auto choice = choice_of(call);
    if (!choice) return stop(choice.error());
    if (call.has("export")) {
        auto read =
            open_app_export(*call.call.arguments.text("export"), call.call.arguments.text("password-file"));
        if (!read) return stop(read.error());
        return chosen_key({std::move(read->keys), std::move(read->passed_over), std::move(read->numbers)},
                          *choice, screen_of(call));
    }
    if (call.has("qr")) return key_in_pictures(call.call.arguments.texts("qr"), *choice, screen_of(call));
    if (is_by_phone(call)) {
        auto offered = keys_from_phone(call, screen_of(call));
        if (!offered) return stop(offered.error());
        return chosen_key(std::move(*offered), *choice, screen_of(call));
    }
    return read_key(*choice, screen_of(call));
}

// What is going to be stored, and what has to be said of it first.
struct Draft {
    LinkedPortal portal;
    std::string label;
    std::vector<otp::Remark> remarks;

    [[nodiscard]] Draft clone() const { return {portal.clone(), label, remarks}; }
};

OrExit<Draft> drafted(const PortalCall& call, otp::DescribedKey described) {
    otp::KeyDescription& token = described.key;
    // A URI made of it later needs a name.
    if (token.account.empty()) token.account = call.name->text();
    std::string label = otp::label_of(described);
    auto readers = call.readers("share");
    if (!readers) return stop(readers.error());
    auto note = call.text("note");
    if (!note) return stop(note.error());
    auto url = call.text("url");
    if (!url) return stop(url.error());
    LinkedPortal portal{*call.name, std::move(token), {},   {}, true, std::move(*readers),
                        never,      std::nullopt,     never};
    portal.note = note->value_or("");
    portal.url = url->value_or("");
    if (const auto good = check(portal); !good) return stop(complain(Exit::usage, good.error().detail));
    return Draft{std::move(portal), std::move(label), std::move(described.remarks)};
}

void describe(const Draft& draft, Output& screen) {
    screen.line(draft.portal.name.text() + " (" + draft.label + "), " +
                otp::code_described(draft.portal.token));
    for (const otp::Remark& remark : draft.remarks)
        screen.line((remark.in_doubt ? "In doubt: " : "Note: ") + remark.sentence);
}

// Shows the present code; HOTP: the next one.
OrExit<Secret> show_present_code(LinkedPortal& portal, Output& screen) {
    const SystemClock clock;
    auto handed = hand_out(portal, Freshness::any, clock.now());
    if (!handed) return stop(complain(handed.error()));
    PortalCode& code = std::get<PortalCode>(*handed);
    Secret line = Secret::copy_of(std::string_view("Code now:  "));
    line.append(code.digits.bytes());
    if (code.remaining) line.append("   (for " + std::to_string(code.remaining->count()) + " s)");
    screen.line(line);
    return std::move(code.digits);
}

OrExit<void> not_confirmed() {
    return stop(complain(Exit::refused,
                         "not stored: nobody said that the portal takes the code (--yes does not ask)"));
}

// The portal asks for a code to finish its setup: shown until it has taken one.
OrExit<Secret> confirm(const PortalCall& call, Draft& draft) {
    Output& screen = screen_of(call);
    LinkedPortal& portal = draft.portal;
    describe(draft, screen);
    auto code = show_present_code(portal, screen);
    if (!code) return code;
    screen.line(
        "Enter it in the portal if it asks for one to finish the setup. Add the same picture or "
        "key to your own authenticator app too: with this machine alone you depend on it.");
    if (call.call.arguments.is_on("yes")) return code;
    if (::isatty(STDIN_FILENO) != 1) return stop(not_confirmed().error());
    for (int looks = 0; looks < most_looks; ++looks) {
        const auto typed =
            ask(screen,
                portal.is_counted() ? "Store it? (y = yes, n = no) "
                                    : "Store it? (y = yes, n = no, Enter = show the present code) ",
                true);
        if (!typed) break;
        if (is_word(typed->text(), "y") || is_word(typed->text(), "yes")) return code;
        if (is_word(typed->text(), "n") || is_word(typed->text(), "no")) break;
        // A counter that has moved on is further than the portal looks ahead, after a while.
        if (portal.is_counted()) continue;
        code = show_present_code(portal, screen);
        if (!code) return code;
    }
    return stop(not_confirmed().error());
}

// Somebody's list has the host's too that are shared with them; such names are not taken for their own.
bool is_linked(const PortalCall& call, const std::vector<PortalLine>& lines) {
    const bool own_only = is_for_own_account(call.call.config);
    return std::ranges::any_of(lines, [&](const PortalLine& line) {
        return line.json.value("portal", "") == call.name->text() &&
               !(own_only && line.json.value("host", false));
    });
}

// Before somebody fetches their phone for nothing.
Exit check_free(const PortalCall& call, PortalSession& portals) {
    const auto request = call.request(PortalRequest::List{});
    if (!request) return request.error();
    const auto lines = portals.perform(*request, err());
    if (!lines) return lines.error();
    if (call.call.arguments.is_on("replace") || !is_linked(call, *lines)) return Exit::done;
    return complain(Exit::refused,
                    "there is a portal \"" + call.name->text() + "\" already: --replace links it anew");
}

Exit report(const PortalCall& call, const Draft& draft, const Secret& code) {
    const std::string& name = call.name->text();
    if (call.json()) {
        Json remarks = Json::array();
        for (const otp::Remark& remark : draft.remarks)
            remarks.push_back(remark.sentence);
        out().verbatim(dump_with_secrets({{"portal", name}, {"changed", true}, {"remarks", remarks}},
                                         {{"code", &code}}));
    } else {
        out().line("Linked. A script gets the code with: secondstep code " + name + " --wait");
    }
    return unless_unwritten();
}

Exit store(const PortalCall& call, PortalSession& portals, Draft draft) {
    const auto code = confirm(call, draft);
    if (!code) return code.error();
    const auto request = call.request(
        PortalRequest::Add{.portal = draft.portal.clone(), .replace = call.call.arguments.is_on("replace")});
    if (!request) return request.error();
    const auto done = portals.perform(*request, screen_of(call));
    return done ? report(call, draft, *code) : done.error();
}

Exit add(const PortalCall& call) {
    const Exit free =
        with_portals(call.call, [&](PortalSession& portals) { return check_free(call, portals); });
    if (free != Exit::done) return free;
    if (const auto begun = begin_first_use(call.call.config); !begun) return begun.error();
    // With the caller's rights: their pictures, their telephone.
    auto token = read_token(call);
    if (!token) return token.error();
    const auto draft = drafted(call, std::move(*token));
    if (!draft) return draft.error();
    return with_portals(call.call,
                        [&](PortalSession& portals) { return store(call, portals, draft->clone()); });
}

}  // namespace

Exit add_portal(const PortalCall& call) {
    if ((call.has("qr") ? 1 : 0) + (call.has("export") ? 1 : 0) + (is_by_phone(call) ? 1 : 0) > 1)
        return complain(Exit::usage,
                        "one of --qr, --export, --phone and --link, or the key on standard input");
    return run_as_caller([&] { return add(call); });
}

}  // namespace secondstep::tool
