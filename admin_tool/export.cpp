#include <boost/program_options/value_semantic.hpp>
#include <csignal>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "audit.h"
#include "base/text.h"
#include "caller_file.h"
#include "command.h"
#include "import/token_csv.h"
#include "output.h"
#include "own_account.h"
#include "passphrase_seal.h"
#include "prompt.h"
#include "store_session.h"
#include "subject.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::size_t shortest_passphrase = 12;

po::options_description options() {
    po::options_description known("Options");
    known.add_options()("all", po::bool_switch(), "everybody who is enrolled")(
        "format", po::value<std::string>()->value_name("otpauth|csv")->default_value("csv"),
        "otpauth:// URIs one a line, or CSV as secondstep import csv reads it")(
        "output", po::value<std::string>()->value_name("FILE"),
        "a new file (0600) instead of standard output")("password-file",
                                                        po::value<std::string>()->value_name("FILE"),
                                                        "the passphrase that seals it, instead of asking")(
        "plain", po::bool_switch(), "do not seal it: whoever reads it can make everybody's codes")(
        "yes", po::bool_switch(), "do not ask before --plain");
    return known;
}

enum class Format { otpauth, csv };

// The account's tokens as they stand: of HOTP the counter that the next login uses.
std::vector<ImportedToken> tokens_of(const Credential& credential, const State& state,
                                     const std::string& issuer) {
    std::vector<ImportedToken> tokens;
    for (const Authenticator& device : credential.authenticators) {
        otp::OtpauthUri uri{
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
    // False: said why not.
    bool add(const AccountName& name);
    [[nodiscard]] Secret take() && { return std::move(text_); }
    [[nodiscard]] std::size_t accounts() const { return accounts_; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

  private:
    bool leave_out(const AccountName& name, const std::string& why);
    Result<void> append(const AccountName& name, const ImportedToken& token);
    const StoreSession& session_;
    Format format_;
    std::string issuer_;
    Secret text_;
    std::size_t accounts_ = 0;
    std::size_t left_out_ = 0;
};

bool Export::leave_out(const AccountName& name, const std::string& why) {
    ++left_out_;
    err().line("secondstep: " + printable(name.text()) + " is left out: " + why);
    return false;
}

Result<void> Export::append(const AccountName& name, const ImportedToken& token) {
    if (format_ == Format::csv) {
        text_.append(token_csv_row(name.text(), token).bytes());
        return {};
    }
    const auto uri = otp::to_text(token.token);
    if (!uri) return std::unexpected(uri.error());
    text_.append(uri->bytes());
    text_.push_back('\n');
    return {};
}

bool Export::add(const AccountName& name) {
    const auto account = session_.store->read(RecordName::of(name));
    if (!account) return leave_out(name, account.error().detail);
    if (!account->credential) return true;
    const Credential& credential = *account->credential;
    if (credential.destination)
        return leave_out(
            name, "codes are sent by " + std::string(to_text(credential.method)) + ", there is no key");
    for (const ImportedToken& token : tokens_of(credential, account->state, issuer_)) {
        if (const auto appended = append(name, token); !appended)
            return leave_out(name, appended.error().detail);
    }
    ++accounts_;
    return true;
}

struct Request {
    std::optional<AccountName> user;  // nothing: all
    Format format;
    std::optional<Secret> passphrase;  // nothing: plain
};

OrExit<Secret> collected(const StoreSession& session, const Request& request) {
    Export lines(session, request.format);
    if (request.user) {
        const auto account = session.store->read(RecordName::of(*request.user));
        if (account && !account->credential) {
            return stop(complain(Exit::not_enrolled, request.user->text() + " is not enrolled"));
        }
        if (!lines.add(*request.user)) return stop(Exit::refused);
    } else {
        const auto visited = session.store->for_each([&](const AccountName& name) {
            lines.add(name);
            return true;
        });
        if (!visited) return stop(complain(visited.error()));
    }
    audit(
        "export", request.user ? request.user->text() : "",
        "accounts=" + std::to_string(lines.accounts()) + (request.passphrase ? " sealed=yes" : " sealed=no"));
    err().line(std::to_string(lines.accounts()) +
               " accounts; recovery codes stay here: nobody can read them." +
               (lines.left_out() > 0 ? " " + std::to_string(lines.left_out()) + " were left out." : ""));
    return std::move(lines).take();
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
    const auto text = collected(session, request);
    if (!text) return text.error();
    if (!request.passphrase) return write(*text, files);
    const auto sealed = seal_with_passphrase(*text, *request.passphrase);
    return sealed ? write(*sealed, files) : complain(sealed.error());
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

OrExit<Secret> passphrase_in(const std::string& path) {
    const auto file = open_input(path);
    if (!file) return stop(complain(Exit::unavailable, file.error().detail));
    const auto content = read_whole(file->get(), max_line);
    if (!content) return stop(complain(Exit::refused, path + ": " + content.error().detail));
    Secret passphrase = Secret::copy_of(ByteView(*content));
    const std::size_t end = passphrase.text().find_first_of("\r\n");
    if (end != std::string_view::npos) passphrase.truncate(end);
    return passphrase;
}

// Whoever has the file may try as often as he likes.
OrExit<Secret> passphrase(const Arguments& arguments) {
    const auto file = arguments.text("password-file");
    auto result = file ? passphrase_in(*file) : typed_passphrase();
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
        const auto subject = subject_named(arguments.operands().front());
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

Exit export_accounts(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, options(), {0, 1});
    if (!call) return call.error();
    if (is_for_himself(call->config))
        return complain(Exit::not_allowed, "only the administrator exports second steps: run as root");
    const auto request = request_of(call->arguments);
    if (!request) return request.error();
    std::vector<CallerFile> files;
    if (const auto path = call->arguments.text("output")) {
        auto file = CallerFile::create(*path, CallerFile::Appears::when_done);
        if (!file) return complain(file.error());
        files.push_back(std::move(*file));
    }
    ::signal(SIGPIPE, SIG_IGN);
    return run_with_store(call->config, files,
                          [&](StoreSession& session) { return write_sealed(session, *request, files); });
}

}  // namespace secondstep::tool
