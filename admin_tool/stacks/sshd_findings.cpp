#include "stacks/sshd_findings.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "stacks/stack_findings.h"

namespace secondstep::tool {

namespace {

// A person fetches a phone, installs an app and writes ten codes down.
constexpr std::chrono::seconds time_to_enroll{300};
constexpr unsigned people_at_once = 10;

using Alternative = std::vector<std::string>;  // methods that are all needed, in their order

// "publickey,keyboard-interactive:pam password" => {{publickey, keyboard-interactive}, {password}}
std::vector<Alternative> alternatives_of(const std::string& methods) {
    std::vector<Alternative> out;
    for (const std::string_view list : split(methods, ' ')) {
        Alternative alternative;
        for (const std::string_view method : split(list, ','))
            alternative.push_back(lowercase_ascii(method.substr(0, method.find(':'))));
        out.push_back(std::move(alternative));
    }
    return out;
}

std::optional<std::size_t> place_of(const Alternative& alternative, std::string_view method) {
    const auto found = std::ranges::find(alternative, method);
    if (found == alternative.end()) return std::nullopt;
    return static_cast<std::size_t>(found - alternative.begin());
}

class Inspection {
  public:
    Inspection(const SshdSettings& sshd, const Stack& stack, const Config& config)
        : sshd_(sshd), stack_(stack), config_(config) {
        const auto auth = stack.of(Facility::auth);
        combined_ = std::ranges::any_of(auth, [](const StackLine& line) {
            return line.module == second_step_module && line.has("prompt=combined");
        });
    }

    Remarks run() {
        can_ask_at_all();
        ways_in();
        root_is_answered_for();
        time_to_enroll_in();
        names_instead_of_addresses();
        return std::move(out_);
    }

  private:
    void say(Remark::Level level, std::string_view keyword, std::string text, std::string mend) {
        const SshdSetting* setting = sshd_.find(keyword);
        Remark remark{level, sshd_.path(), 0, std::move(text), {}, std::move(mend)};
        if (setting != nullptr) {
            remark.file = setting->file;
            remark.line = setting->line;
            remark.now = setting->text;
        }
        out_.push_back(std::move(remark));
    }

    [[nodiscard]] bool asks_interactively() const {
        return sshd_.is_yes("kbdinteractiveauthentication", true);
    }
    [[nodiscard]] bool takes_one_line() const {
        return combined_ && sshd_.is_yes("passwordauthentication", true);
    }

    void can_ask_at_all() {
        if (!sshd_.is_yes("usepam", false)) {
            say(Remark::Level::error, "usepam", "sshd does not use PAM: nobody is asked for a code",
                "UsePAM yes");
        }
        if (!asks_interactively() && !takes_one_line()) {
            say(Remark::Level::error, "kbdinteractiveauthentication",
                "sshd cannot ask for a code: people are refused, or get in with a key alone",
                "KbdInteractiveAuthentication yes");
        }
    }

    // A way in that runs the stack so that it can ask.
    [[nodiscard]] bool asks(const Alternative& alternative) const {
        return (place_of(alternative, "keyboard-interactive") && asks_interactively()) ||
               (place_of(alternative, "password") && takes_one_line());
    }
    [[nodiscard]] static bool runs_the_stack(const Alternative& alternative) {
        return place_of(alternative, "keyboard-interactive") || place_of(alternative, "password");
    }

    void ways_in() {
        const std::string methods = sshd_.value("authenticationmethods", "any");
        if (lowercase_ascii(methods) == "any") return any_way();
        const std::vector<Alternative> ways = alternatives_of(methods);
        who_is_asked(ways);
        if (asks_for_a_password(stack_)) return;
        if (std::ranges::any_of(ways, is_code_alone)) {
            code_alone_lets_in();
        } else if (claims_first_factor(stack_) && std::ranges::any_of(ways, begins_with_the_code)) {
            say(Remark::Level::error, "authenticationmethods",
                "first_factor=passed is not true: sshd checks the key after the code", with_key());
        }
    }

    // sshd takes root's answer to keyboard-interactive away unless this is yes, after a right key too; "no"
    // says that root does not log in, and nobody is surprised.
    void root_is_answered_for() {
        const std::string permit = lowercase_ascii(sshd_.value("permitrootlogin", "prohibit-password"));
        if (permit == "yes" || permit == "no" || !asks_interactively()) return;
        const std::string methods = lowercase_ascii(sshd_.value("authenticationmethods", "any"));
        if (methods == "any") return;  // root's key is enough, and the stack is not asked
        const std::vector<Alternative> ways = alternatives_of(methods);
        const auto asks_root = [](const Alternative& way) {
            return place_of(way, "keyboard-interactive") || place_of(way, "password");
        };
        const auto has_key_too = [](const Alternative& way) {
            return place_of(way, "publickey").has_value();
        };
        if (!std::ranges::all_of(ways, asks_root)) return;
        const bool as_safe = std::ranges::all_of(ways, has_key_too);
        say(Remark::Level::warning, "permitrootlogin",
            "root is asked and refused whatever is typed: under PermitRootLogin " + permit_word(permit) +
                " sshd replaces root's answers" +
                (as_safe ? ". With publickey,keyboard-interactive \"yes\" is as safe; "
                           "\"no\" keeps root out openly"
                         : ""),
            as_safe ? "PermitRootLogin yes" : "");
    }
    // One of sshd's own words; another is not repeated.
    [[nodiscard]] static std::string permit_word(const std::string& permit) {
        const bool known = permit == "without-password" || permit == "forced-commands-only";
        return known ? permit : "prohibit-password";
    }

    // The method `password` sends the password to every prompt.
    void who_is_asked(const std::vector<Alternative>& ways) {
        const bool some_ask = std::ranges::any_of(ways, [this](const auto& way) { return asks(way); });
        if (std::ranges::none_of(ways, runs_the_stack)) {
            say(Remark::Level::error, "authenticationmethods", "nobody is ever asked for a code", with_key());
        } else if (!std::ranges::all_of(ways, runs_the_stack)) {
            say(Remark::Level::warning, "authenticationmethods",
                "one of these ways in never asks for a code, nor anybody to enroll or to enroll again",
                with_key());
        } else if (!some_ask && asks_interactively()) {
            say(Remark::Level::error, "authenticationmethods",
                "the method password answers one prompt only: who has a second step is refused",
                asking_instead(ways));
        }
    }

    void any_way() {
        if (!asks_for_a_password(stack_)) code_alone_lets_in();
        if (!sshd_.is_yes("pubkeyauthentication", true)) return;
        if (!asks_for_a_password(stack_))
            return say(Remark::Level::warning, "authenticationmethods",
                       "who has a public key gets in without a code, and cannot be asked to enroll",
                       with_key());
        // No one line does for all: whoever has a key and no password would be shut out by it.
        say(Remark::Level::warning, "authenticationmethods",
            "who has a public key gets in without a code, and cannot be asked to enroll. "
            "AuthenticationMethods keyboard-interactive would ask everybody for password and code, "
            "and shut out whoever has a key and no password, automation too: give those a Match "
            "block of their own first",
            "");
    }

    // "publickey,password password" => "publickey,keyboard-interactive keyboard-interactive"
    [[nodiscard]] static std::string asking_instead(const std::vector<Alternative>& ways) {
        std::string line = "AuthenticationMethods";
        for (const Alternative& way : ways) {
            std::string list;
            for (const std::string& method : way)
                list.append(list.empty() ? "" : ",")
                    .append(method == "password" ? "keyboard-interactive" : method);
            line += " " + list;
        }
        return line;
    }

    [[nodiscard]] static bool is_code_alone(const Alternative& alternative) {
        return std::ranges::all_of(alternative,
                                   [](const auto& method) { return method == "keyboard-interactive"; });
    }
    [[nodiscard]] static bool begins_with_the_code(const Alternative& alternative) {
        return place_of(alternative, "keyboard-interactive") == std::size_t{0};
    }
    [[nodiscard]] static std::string with_key() {
        return "AuthenticationMethods publickey,keyboard-interactive";
    }
    void code_alone_lets_in() {
        say(Remark::Level::error, "authenticationmethods",
            "people get in with a code alone: the PAM stack asks for no password, "
            "and sshd for no key before it",
            "AuthenticationMethods publickey,keyboard-interactive");
    }

    void time_to_enroll_in() {
        const auto rule = enrolling_rule(config_, stack_.service);
        if (!rule) return;
        const std::string by = rule->empty() ? " (default action)" : " (rule \"" + *rule + "\")";
        const bool given = sshd_.find("logingracetime") != nullptr;
        const auto grace = sshd_time(sshd_.value("logingracetime", "120"));
        if (grace && grace->count() != 0 && *grace < time_to_enroll) {
            say(Remark::Level::warning, "logingracetime",
                "LoginGraceTime is " + std::to_string(grace->count()) + " s" + (given ? "" : " (default)") +
                    ", too short to enroll at login" + by,
                "LoginGraceTime 600");
        }
        const std::string startups = sshd_.value("maxstartups", "10:30:100");
        const auto first = parse_number<unsigned>(std::string_view(startups).substr(0, startups.find(':')));
        if (first && *first < people_at_once) {
            say(Remark::Level::warning, "maxstartups",
                "MaxStartups " + std::to_string(*first) + " turns people away while others enroll" + by,
                "MaxStartups 10:30:100");
        }
    }

    // Whoever owns the reverse zone of an address would choose what rules are compared with.
    void names_instead_of_addresses() {
        if (!sshd_.is_yes("usedns", false)) return;
        const auto is_about_addresses = [this](const Rule& rule) {
            const bool here = rule.services.empty() ||
                              std::ranges::find(rule.services, stack_.service) != rule.services.end();
            return here && !std::ranges::all_of(rule.networks, &Network::is_local);
        };
        const auto rule = std::ranges::find_if(config_.rules.rules, is_about_addresses);
        if (rule == config_.rules.rules.end()) return;
        say(Remark::Level::error, "usedns",
            "sshd gives names in place of addresses: the networks of rule \"" + rule->name +
                "\" cannot be told",
            "UseDNS no");
    }

    const SshdSettings& sshd_;
    const Stack& stack_;
    const Config& config_;
    bool combined_ = false;
    Remarks out_;
};

}  // namespace

Remarks sshd_findings(const SshdSettings& sshd, const Stack& stack, const Config& config) {
    return Inspection(sshd, stack, config).run();
}

}  // namespace secondstep::tool
