#include "stacks/programs/sshd_findings.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "stacks/judgement/enrolling_rule.h"
#include "stacks/judgement/stack_findings.h"
#include "stacks/programs/sshd_ways.h"

namespace secondstep::tool {

namespace {

// A person fetches a phone, installs an app and writes ten codes down.
constexpr std::chrono::seconds time_to_enroll{300};
constexpr unsigned people_at_once = 10;

constexpr std::string_view methods_keyword = "authenticationmethods";
constexpr char key_and_code[] = "AuthenticationMethods publickey,keyboard-interactive";

// Whom a remark is about.
enum class About : std::uint8_t {
    these,      // the login that was looked at
    exception,  // the same; but where a Match block says so of others than ordinary people, somebody meant it
    root,
};
struct Saying {
    Remark remark;
    About about;
};

using Ways = std::vector<SshdWay>;

// Looks at one login.
class Inspection {
  public:
    Inspection(const SshdSettings& sshd, const Stack& stack, const Config& config)
        : sshd_(sshd), stack_(stack), config_(config), ways_(ways_in(sshd)) {
        const auto auth = stack.of(Facility::auth);
        combined_ = std::ranges::any_of(auth, [](const StackLine& line) {
            return line.module == second_step_module && line.has("prompt=combined");
        });
    }

    std::vector<Saying> run(bool is_root) {
        can_ask_at_all();
        ways_.empty() ? any_way() : each_way();
        if (is_root) root_is_answered_for();
        time_to_enroll_in();
        names_instead_of_addresses();
        return std::move(out_);
    }

  private:
    void say(Remark::Level level, std::string_view keyword, std::string text, std::string mend,
             About about = About::these) {
        const SshdSetting* setting = sshd_.find(keyword);
        Remark remark{.level = level,
                      .file = sshd_.path(),
                      .line = 0,
                      .text = std::move(text),
                      .now = {},
                      .mend = std::move(mend),
                      .finding = Finding::sshd_setting};
        if (setting != nullptr) {
            remark.file = setting->file;
            remark.line = setting->line;
            remark.now = setting->text;
        }
        out_.push_back({std::move(remark), about});
    }
    // One that nobody meant if it is so for everybody.
    void say_of_methods(Remark::Level level, std::string text, std::string mend) {
        const SshdSetting* setting = sshd_.find(methods_keyword);
        const bool in_match = setting != nullptr && setting->in_match;
        say(level, methods_keyword, std::move(text), std::move(mend),
            in_match ? About::exception : About::these);
    }

    [[nodiscard]] bool takes_one_line() const { return combined_ && takes_passwords(sshd_); }

    void can_ask_at_all() {
        if (!sshd_.is_yes("usepam", false)) {
            say(Remark::Level::error, "usepam", "sshd does not use PAM: nobody is asked for a code",
                "UsePAM yes");
        }
        if (!asks_interactively(sshd_) && !takes_one_line()) {
            say(Remark::Level::error, "kbdinteractiveauthentication",
                "sshd cannot ask for a code: people are refused, or get in with a key alone",
                "KbdInteractiveAuthentication yes");
        }
    }

    // A way in that runs the stack so that it can ask.
    [[nodiscard]] bool asks(const SshdWay& way) const {
        return (way.has("keyboard-interactive") && asks_interactively(sshd_)) ||
               (way.has("password") && takes_one_line());
    }

    void each_way() {
        who_is_asked();
        if (asks_for_a_password(stack_)) return;
        const auto is_code_alone = [](const SshdWay& way) { return way.is_only("keyboard-interactive"); };
        const auto begins_with_the_code = [](const SshdWay& way) {
            return way.begins_with("keyboard-interactive");
        };
        if (std::ranges::any_of(ways_, is_code_alone)) {
            code_alone_lets_in();
        } else if (claims_first_factor(stack_) && std::ranges::any_of(ways_, begins_with_the_code)) {
            say(Remark::Level::error, methods_keyword,
                "first_factor=passed is not true: sshd checks the key after the code", key_and_code);
        }
    }

    // sshd takes root's answer to keyboard-interactive away unless this is yes, after a right key too; "no"
    // says that root does not log in, and nobody is surprised.
    void root_is_answered_for() {
        const std::string permit = lowercase_ascii(sshd_.value("permitrootlogin", "prohibit-password"));
        if (permit == "yes" || permit == "no" || !asks_interactively(sshd_)) return;
        // With any, root's key is enough, and the stack is not asked.
        if (ways_.empty() || !std::ranges::all_of(ways_, &SshdWay::runs_the_stack)) return;
        const bool as_safe =
            std::ranges::all_of(ways_, [](const SshdWay& way) { return way.has("publickey"); });
        say(Remark::Level::warning, "permitrootlogin",
            "root is asked and refused whatever is typed: under PermitRootLogin " + permit_word(permit) +
                " sshd replaces root's answers" +
                (as_safe ? ". With publickey,keyboard-interactive \"yes\" is as safe; "
                           "\"no\" keeps root out openly"
                         : ""),
            as_safe ? "PermitRootLogin yes" : "", About::root);
    }
    // One of sshd's own words; another is not repeated.
    [[nodiscard]] static std::string permit_word(const std::string& permit) {
        const bool known = permit == "without-password" || permit == "forced-commands-only";
        return known ? permit : "prohibit-password";
    }

    // The method `password` sends the password to every prompt.
    void who_is_asked() {
        const bool some_ask = std::ranges::any_of(ways_, [this](const SshdWay& way) { return asks(way); });
        if (std::ranges::none_of(ways_, &SshdWay::runs_the_stack)) {
            say_of_methods(Remark::Level::error, "nobody is ever asked for a code. " + cost_of_asking(),
                           asking());
        } else if (!std::ranges::all_of(ways_, &SshdWay::runs_the_stack)) {
            say_of_methods(Remark::Level::warning,
                           "one of these ways in never asks for a code, nor anybody to enroll or to enroll "
                           "again. " +
                               cost_of_asking(),
                           asking());
        } else if (!some_ask && asks_interactively(sshd_)) {
            say(Remark::Level::error, methods_keyword,
                "the method password answers one prompt only: who has a second step is refused",
                asking_instead());
        }
    }

    void any_way() {
        if (!asks_for_a_password(stack_)) code_alone_lets_in();
        if (!sshd_.is_yes("pubkeyauthentication", true)) return;
        say_of_methods(
            Remark::Level::warning,
            "who has a public key gets in without a code, and cannot be asked to enroll. " + cost_of_asking(),
            asking());
    }

    // A stack that asks for a password cannot be passed by whoever has a key alone, whatever sshd asks
    // before it: then no one line does for all.
    [[nodiscard]] std::string cost_of_asking() const {
        if (!asks_for_a_password(stack_)) return "With the line below who has no key cannot log in any more";
        return "AuthenticationMethods keyboard-interactive would ask everybody for password and code, and shut "
               "out whoever has a key and no password, automation too; a stack without the password, and "
               "publickey,keyboard-interactive, would shut out whoever has no key. Where there are both, "
               "give the fewer of them a Match block of their own first, as examples/ssh/mixed.conf does";
    }
    [[nodiscard]] std::string asking() const { return asks_for_a_password(stack_) ? "" : key_and_code; }

    // "publickey,password password" => "publickey,keyboard-interactive keyboard-interactive"
    [[nodiscard]] std::string asking_instead() const {
        std::string line = "AuthenticationMethods";
        for (const SshdWay& way : ways_) {
            std::string list;
            for (const std::string& method : way.methods())
                list.append(list.empty() ? "" : ",")
                    .append(method == "password" ? "keyboard-interactive" : method);
            line += " " + list;
        }
        return line;
    }

    void code_alone_lets_in() {
        say(Remark::Level::error, methods_keyword,
            "people get in with a code alone: the PAM stack asks for no password, "
            "and sshd for no key before it",
            key_and_code);
    }

    void time_to_enroll_in() {
        const auto rule = enrolling_rule(config_, stack_.service);
        if (!rule) return;
        const std::string by = rule->empty() ? " (default action)" : " (rule \"" + *rule + "\")";
        const bool given = sshd_.is_written("logingracetime");
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
            return rule.may_be_about(stack_.service) &&
                   !std::ranges::all_of(rule.networks, &Network::is_local);
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
    Ways ways_;
    bool combined_ = false;
    std::vector<Saying> out_;
};

// What is said of several logins is said once, with their names unless it is so for all.
class Collected {
  public:
    explicit Collected(const SshdViews& views) : views_(views) {}

    void take(const SshdView& view, std::vector<Saying> said) {
        for (Saying& saying : said) {
            const auto found = std::ranges::find_if(
                all_, [&saying](const Entry& each) { return each.saying.remark == saying.remark; });
            Entry& entry =
                found == all_.end() ? all_.emplace_back(Entry{std::move(saying), {}, false}) : *found;
            entry.logins.push_back(&view.login);
            entry.is_ordinary = entry.is_ordinary || view.is_ordinary;
        }
    }

    Remarks remarks() {
        Remarks out;
        for (Entry& entry : all_) {
            if (entry.saying.about == About::exception && !entry.is_ordinary) continue;
            const bool is_for_all = entry.logins.size() == views_.size();
            if (!is_for_all && entry.saying.about != About::root)
                entry.saying.remark.text += ". So it is for " + logins_text(entry.logins, views_);
            out.push_back(std::move(entry.saying.remark));
        }
        return out;
    }

  private:
    struct Entry {
        Saying saying;
        std::vector<const SshdLogin*> logins;
        bool is_ordinary;
    };
    const SshdViews& views_;
    std::vector<Entry> all_;
};

}  // namespace

Remarks sshd_findings(const SshdViews& views, const Stack& stack, const Config& config) {
    SshdViews some;
    std::ranges::remove_copy_if(views, std::back_inserter(some), is_kept_out);
    Collected collected(some);
    for (const SshdView& view : some)
        collected.take(view, Inspection(view.settings, stack, config).run(view.login.user == "root"));
    return collected.remarks();
}

std::vector<std::string> without_code(const SshdViews& views) {
    std::vector<std::string> users;
    for (const SshdView& view : views) {
        const std::vector<SshdWay> ways = ways_in(view.settings);
        const SshdSetting* setting = view.settings.find(methods_keyword);
        const bool meant = !view.is_ordinary && setting != nullptr && setting->in_match;
        if (!meant || std::ranges::all_of(ways, &SshdWay::runs_the_stack) || is_kept_out(view)) continue;
        if (std::ranges::find(users, view.login.user) == users.end()) users.push_back(view.login.user);
    }
    return users;
}

}  // namespace secondstep::tool
