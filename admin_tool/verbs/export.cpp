#include <boost/program_options/value_semantic.hpp>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/own_account.h"
#include "access/service_child.h"
#include "access/store_session.h"
#include "base/host_name.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/output.h"
#include "console/prompt.h"
#include "files/caller_file.h"
#include "files/secret_file.h"
#include "migration/formats/otpauth_lines.h"
#include "migration/formats/token_csv.h"
#include "migration/passphrase_seal.h"
#include "people/audit.h"
#include "people/named_account.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::size_t shortest_passphrase = 12;

po::options_description export_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("all", po::bool_switch(), "everybody who is enrolled");
    add("format", po::value<std::string>()->value_name("otpauth|csv")->default_value("csv"),
        "otpauth:// URIs one a line, or CSV as secondstep import csv reads it");
    add("output", po::value<std::string>()->value_name("FILE"),
        "a new file (0600) instead of standard output");
    add("password-file", po::value<std::string>()->value_name("FILE"),
        "the passphrase that seals it, instead of asking");
    add("plain", po::bool_switch(), "do not seal it: whoever reads it can make everybody's codes");
    add("yes", po::bool_switch(), "do not ask before --plain");
    return known;
}

enum class Format { otpauth, csv };

// The account's tokens as they stand: of HOTP the counter that the next login uses.
std::vector<ImportedToken> tokens_of(const Credential& credential, const State& state,
                                     const std::string& issuer) {
    std::vector<ImportedToken> tokens;
    for (const Authenticator& device : credential.authenticators) {
        otp::KeyDescription uri{
            issuer,        credential.account.text(),     device.key.clone(), device.algorithm,
            device.digits, otp::TotpMoving{device.period}};
        if (credential.method == Method::hotp) {
            const AuthenticatorUse* const use = find_use(state, device.id);
            const bool used = use != nullptr && use->used;
            const std::uint64_t last = std::max(device.has_floor ? device.floor : 0, used ? use->last : 0);
            uri.moving = otp::HotpMoving{device.has_floor || used ? last + 1 : 0};
        }
        tokens.push_back({std::move(uri), device.name, std::nullopt});
    }
    return tokens;
}

// Collects everybody's lines.
class Export {
  public:
    Export(const StoreSession& session, Format format) : session_(session), format_(format) {
        issuer_ = session.config.issuer.empty() ? host_name() : session.config.issuer;
        if (format_ == Format::csv) text_.append(token_csv_header());
    }
    // Stops after saying why it is left out: refused (there is no key: codes are sent), or what kept it from
    // being read.
    OrExit<void> add(const AccountName& name);
    [[nodiscard]] Secret take() && { return std::move(text_); }
    [[nodiscard]] std::size_t accounts() const { return accounts_; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

  private:
    OrExit<void> leave_out(const AccountName& name, Exit status, const std::string& why);
    [[nodiscard]] Result<Secret> line_of(const AccountName& name, const ImportedToken& token) const;
    const StoreSession& session_;
    Format format_;
    std::string issuer_;
    Secret text_;
    std::size_t accounts_ = 0;
    std::size_t left_out_ = 0;
};

OrExit<void> Export::leave_out(const AccountName& name, Exit status, const std::string& why) {
    ++left_out_;
    return stop(complain(status, name.text() + " is left out: " + why));
}

Result<Secret> Export::line_of(const AccountName& name, const ImportedToken& token) const {
    if (format_ == Format::csv) return token_csv_row(name.text(), token);
    return otpauth_line(token);
}

OrExit<void> Export::add(const AccountName& name) {
    const auto account = session_.store->read(RecordName::of(name));
    if (!account) return leave_out(name, exit_of(account.error().code), account.error().detail);
    if (!account->credential) return {};
    const Credential& credential = *account->credential;
    if (credential.destination) {
        return leave_out(
            name, Exit::refused,
            "codes are sent by " + std::string(to_text(credential.method)) + ", there is no key");
    }
    Secret lines;
    for (const ImportedToken& token : tokens_of(credential, account->state, issuer_)) {
        const auto line = line_of(name, token);
        if (!line) return leave_out(name, Exit::refused, line.error().detail);
        lines.append(line->bytes());
    }
    text_.append(lines.bytes());
    ++accounts_;
    return {};
}

struct Request {
    std::optional<AccountName> user;  // nothing: all
    Format format;
    std::optional<Secret> passphrase;  // nothing: plain
};

struct Collected {
    Secret text;
    Exit status = Exit::done;  // what kept somebody out who has a key
};

// Those whose codes are sent have no key, and nothing is missing without them.
OrExit<Exit> add_all(const StoreSession& session, Export& lines) {
    Exit status = Exit::done;
    const auto visited = session.store->for_each([&](const AccountName& name) {
        const auto added = lines.add(name);
        if (!added && added.error() != Exit::refused) status = added.error();
        return true;
    });
    if (!visited) return stop(complain(visited.error()));
    return status;
}

OrExit<Exit> add_one(const StoreSession& session, Export& lines, const AccountName& name) {
    const auto account = session.store->read(RecordName::of(name));
    if (account && !account->credential)
        return stop(complain(Exit::not_enrolled, name.text() + " is not enrolled"));
    const auto added = lines.add(name);
    if (!added) return stop(added.error());
    return Exit::done;
}

OrExit<Collected> collected(const StoreSession& session, const Request& request) {
    Export lines(session, request.format);
    const auto status = request.user ? add_one(session, lines, *request.user) : add_all(session, lines);
    if (!status) return stop(status.error());
    audit(
        "export", request.user ? request.user->text() : "",
        "accounts=" + std::to_string(lines.accounts()) + (request.passphrase ? " sealed=yes" : " sealed=no"));
    err().line(std::to_string(lines.accounts()) + (lines.accounts() == 1 ? " account." : " accounts.") +
               " Recovery codes stay here: they are not kept in a form that can be read." +
               (lines.left_out() > 0 ? " " + std::to_string(lines.left_out()) + " were left out." : ""));
    return Collected{std::move(lines).take(), *status};
}

Exit write(const Secret& text, std::vector<CallerFile>& files) {
    if (files.empty()) {
        out().write(text.text());
        return out().failed() ? complain(Exit::unavailable, "the export could not be written") : Exit::done;
    }
    const auto written = write_durable_text(files.front().fd(), text.text(), files.front().path());
    return written ? Exit::done : complain(Exit::unavailable, written.error().detail);
}

Exit write_sealed(const StoreSession& session, const Request& request, std::vector<CallerFile>& files) {
    auto whole = collected(session, request);
    if (!whole) return whole.error();
    if (request.passphrase) {
        auto sealed = seal_with_passphrase(whole->text, *request.passphrase);
        if (!sealed) return complain(sealed.error());
        whole->text = std::move(*sealed);
    }
    const Exit written = write(whole->text, files);
    return written == Exit::done ? whole->status : written;
}

OrExit<Secret> typed_passphrase() {
    auto first = ask(err(), "Passphrase for the file: ", false);
    if (!first || first->empty())
        return stop(complain(Exit::refused, "no passphrase was entered (--plain writes without one)"));
    const auto second = ask(err(), "The same again: ", false);
    if (!second || !equal_in_constant_time(*first, *second))
        return stop(complain(Exit::refused, "the two are not the same; nothing was written"));
    return std::move(*first);
}

// Whoever has the file may try as often as they like.
OrExit<Secret> passphrase(const Arguments& arguments) {
    const auto file = arguments.text("password-file");
    auto result = file ? first_line_of(*file) : typed_passphrase();
    if (result && result->size() < shortest_passphrase)
        return stop(complain(Exit::refused, "a passphrase for everybody's keys has at least 12 characters"));
    return result;
}

OrExit<void> agree_to_plain(const Arguments& arguments) {
    if (arguments.is_on("yes")) return {};
    if (confirmed(err(), "Write the keys unsealed? Whoever reads them can make every code from now on."))
        return {};
    return stop(complain(Exit::refused, "not confirmed, nothing was written (--yes does not ask)"));
}

OrExit<Request> request_of(const Arguments& arguments) {
    const auto format = arguments.text("format");
    if (format != "otpauth" && format != "csv")
        return stop(complain(Exit::usage, "--format takes otpauth or csv, not \"" + *format + "\""));
    if (arguments.is_on("all") == !arguments.operands().empty())
        return stop(complain(Exit::usage, "export takes one user, or --all"));
    Request request{std::nullopt, format == "csv" ? Format::csv : Format::otpauth, std::nullopt};
    if (!arguments.operands().empty()) {
        const auto subject = account_named(arguments.operands().front());
        if (!subject) return stop(subject.error());
        request.user = subject->account;
    }
    if (arguments.is_on("plain")) {
        if (const auto yes = agree_to_plain(arguments); !yes) return stop(yes.error());
        return request;
    }
    auto secret = passphrase(arguments);
    if (!secret) return stop(secret.error());
    request.passphrase = std::move(*secret);
    return request;
}

}  // namespace

namespace {

Exit export_as_asked(const Call& call) {
    const auto request = request_of(call.arguments);
    if (!request) return request.error();
    std::vector<CallerFile> files;
    if (const auto path = call.arguments.text("output")) {
        auto file = CallerFile::create(*path, CallerFile::Appears::when_done);
        if (!file) return complain(file.error());
        files.push_back(std::move(*file));
    }
    ::signal(SIGPIPE, SIG_IGN);
    return run_with_store(call.config, files,
                          [&](StoreSession& session) { return write_sealed(session, *request, files); });
}

}  // namespace

Exit export_accounts(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, export_options(), {0, 1});
    if (!call) return call.error();
    if (is_for_own_account(call->config))
        return complain(Exit::not_allowed, "only the administrator exports second steps: run as root");
    return run_as_caller([&] { return export_as_asked(*call); });
}

}  // namespace secondstep::tool
