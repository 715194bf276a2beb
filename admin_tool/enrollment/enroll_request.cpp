#include "enrollment/enroll_request.h"

#include <array>
#include <boost/program_options/value_semantic.hpp>

#include "access/earlier_record.h"
#include "account/devices.h"
#include "base/text.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

std::unexpected<Exit> wrong(std::string_view sentence) {
    return stop(complain(Exit::usage, sentence));
}

OrExit<void> read_method(const Arguments& arguments, EnrollRequest& request) {
    if (const auto text = arguments.text("method")) {
        const auto method = method_from_text(*text);
        if (!method) return wrong("--method takes totp, hotp, mail or sms, not \"" + *text + "\"");
        request.method = *method;
        request.method_given = true;
    }
    if (const auto text = arguments.text("algorithm")) {
        const auto algorithm = otp::algorithm_from_text(*text);
        if (!algorithm) return wrong("--algorithm takes sha1, sha256 or sha512, not \"" + *text + "\"");
        request.algorithm = *algorithm;
    }
    return {};
}

// There is no app that would show them, or count.
OrExit<void> refuse_options_of_apps(const Arguments& arguments, const EnrollRequest& request) {
    constexpr std::array options{"name", "digits", "period", "algorithm", "counter", "issuer", "label", "qr"};
    for (const char* const option : options) {
        if (!arguments.has(option)) continue;
        return wrong("--" + std::string(option) +
                     " is for authenticator apps (totp, hotp), not for --method " +
                     std::string(to_text(request.method)));
    }
    return {};
}

OrExit<void> read_address(const Arguments& arguments, EnrollRequest& request) {
    const auto channel = channel_of(request.method);
    const auto text = arguments.text("address");
    if (!channel && text) return wrong("--address belongs to --method mail or --method sms");
    if (!channel) return {};
    if (const auto fitting = refuse_options_of_apps(arguments, request); !fitting) return fitting;
    if (!text) {
        return wrong(*channel == delivery::Channel::mail
                         ? "--method mail needs --address, the mail address that codes are sent to"
                         : "--method sms needs --address, the telephone number that codes "
                           "are sent to: +49 151 2345678");
    }
    auto address = delivery::Address::create(*channel, *text);
    if (!address) return wrong("--address: " + address.error().detail);
    request.address = std::move(*address);
    return {};
}

OrExit<void> read_digits(const Arguments& arguments, EnrollRequest& request) {
    const auto number = arguments.number("digits");
    if (!number) return stop(number.error());
    if (!*number) return {};
    const auto digits = otp::Digits::create(static_cast<unsigned>(std::min<std::uint64_t>(**number, 99)));
    if (!digits) return wrong("--digits: " + digits.error().detail);
    request.digits = *digits;
    return {};
}

OrExit<void> read_moving_factor(const Arguments& arguments, EnrollRequest& request) {
    const auto period = arguments.number("period");
    if (!period) return stop(period.error());
    const auto counter = arguments.number("counter");
    if (!counter) return stop(counter.error());
    if (*period && request.method != Method::totp) return wrong("--period belongs to --method totp");
    if (*counter && request.method != Method::hotp) return wrong("--counter belongs to --method hotp");
    if (*period) {
        const std::chrono::seconds seconds(std::min<std::uint64_t>(**period, 1'000'000));
        const auto checked = otp::Period::create(seconds);
        if (!checked) return wrong("--period: " + checked.error().detail);
        request.period = *checked;
    }
    if (*counter) request.counter = **counter;
    return {};
}

OrExit<void> check_bulk(const EnrollRequest& request, std::size_t operands) {
    if (!request.bulk) {
        if (request.output) return wrong("--output belongs to --bulk");
        return operands == 1 ? OrExit<void>()
                             : OrExit<void>(wrong("which user? see secondstep enroll --help"));
    }
    if (operands != 0) return wrong("--bulk takes the users from its file: leave the name out");
    if (request.address) return wrong("--bulk is for authenticator apps: --method totp or hotp");
    if (!request.output) return wrong("--bulk needs --output FILE for the keys and recovery codes");
    if (request.replace || request.save || request.label || request.qr.kind != QrChoice::Kind::automatic) {
        return wrong("--replace, --save, --label and --qr are for one user, not for --bulk");
    }
    return {};
}

OrExit<void> check_texts(const EnrollRequest& request) {
    if (request.name && !is_device_name(*request.name)) {
        return wrong("--name: " + std::string(device_name_rule));
    }
    if (request.replace && request.if_missing)
        return wrong("--replace and --if-missing contradict each other");
    return {};
}

OrExit<void> check_addition(const EnrollRequest& request) {
    if (!request.add) return {};
    if (request.address)
        return wrong(
            "--add is for authenticator apps: codes are sent to one address, and --replace changes it");
    if (request.replace || request.bulk || request.other_person)
        return wrong(
            "--add leaves what is there as it is: --replace, --bulk and --other-person do not go with it");
    if (request.save)
        return wrong("--save is for recovery codes, and --add makes none: those there are stay");
    if (request.if_missing && !request.name)
        return wrong("--add --if-missing needs --name, the device that may be there already");
    return {};
}

}  // namespace

po::options_description EnrollRequest::options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    auto add = known.add_options();
    add("method", text("totp|hotp|mail|sms"), "by time, by counter, or sent; default totp");
    add("address", text("ADDRESS"), "mail, sms: where codes are sent; +49 151 2345678");
    add("name", text("NAME"),
        "the device's name, 64 bytes at most; default \"phone\", with --add one that is free");
    add("digits", text("6|7|8"), "of a code; default 6");
    add("period", text("SECONDS"), "15 to 120; default 30");
    add("algorithm", text("sha1|sha256|sha512"), "default sha1");
    add("counter", text("N"), "hotp: the first counter; default 0");
    add("issuer", text("TEXT"),
        "what the app shows before the name; default: configuration, or the host's name");
    add("label", text("TEXT"),
        "what the app shows as name; default: the user, with -2, -3 ... when re-enrolled");
    add("qr", text("HOW"), "utf8, ascii, png:FILE, svg:FILE or none; default: what this terminal can show");
    add("save", text("FILE"), "write the recovery codes as a form to print (0600) instead of showing them");
    add("no-confirm", po::bool_switch(),
        "store at once, without a code that proves the app has the key, or that messages come");
    add("add", po::bool_switch(),
        "a device beside those that the user has, 4 at most; their recovery codes stay");
    add("replace", po::bool_switch(), "also when the user is enrolled: key and recovery codes are replaced");
    add("if-missing", po::bool_switch(),
        "do nothing (and end with 0) when the user is enrolled; with --add: when they have that device");
    add("portal-user", po::bool_switch(), "the user need not be an account of this machine");
    add("bulk", text("FILE"), "enroll everybody in a CSV file: user,issuer?,name?  (- is stdin)");
    add("output", text("FILE"),
        "with --bulk: the file (0600) for keys and recovery codes; goes on where it stopped");
    add("json", po::bool_switch(), "the result as JSON, with the key and the recovery codes, on stdout");
    add_other_person_option(known);
    return known;
}

OrExit<EnrollRequest> EnrollRequest::from(const Arguments& arguments) {
    EnrollRequest request;
    request.name = arguments.text("name");
    request.issuer = arguments.text("issuer");
    request.label = arguments.text("label");
    request.save = arguments.text("save");
    request.bulk = arguments.text("bulk");
    request.output = arguments.text("output");
    request.confirm = !arguments.is_on("no-confirm");
    request.add = arguments.is_on("add");
    request.replace = arguments.is_on("replace");
    request.if_missing = arguments.is_on("if-missing");
    request.other_person = arguments.is_on("other-person");
    request.portal_user = arguments.is_on("portal-user");
    request.json = arguments.is_on("json");
    const auto qr = QrChoice::parse(arguments.text("qr"));
    if (!qr) return stop(qr.error());
    request.qr = *qr;
    for (const auto step : {read_method, read_address, read_digits, read_moving_factor}) {
        if (const auto read = step(arguments, request); !read) return stop(read.error());
    }
    if (const auto texts = check_texts(request); !texts) return stop(texts.error());
    if (const auto addition = check_addition(request); !addition) return stop(addition.error());
    if (const auto bulk = check_bulk(request, arguments.operands().size()); !bulk) return stop(bulk.error());
    return request;
}

bool EnrollRequest::is_unusual() const {
    return algorithm != otp::Algorithm::sha1 || digits != otp::six_digits() ||
           period != otp::thirty_seconds();
}

dialogue::EnrollmentOptions EnrollRequest::draft_options() const {
    dialogue::EnrollmentOptions options;
    options.method = method;
    options.algorithm = algorithm;
    options.digits = digits;
    options.period = period;
    options.counter = counter;
    return options;
}

}  // namespace secondstep::tool
