#include "check/sshd_check.h"

#include <optional>

#include "base/text.h"
#include "check/sshd_people.h"
#include "check/sshd_program.h"
#include "check/unread.h"
#include "files/callers_rights.h"
#include "stacks/programs/sshd_sample.h"

namespace secondstep::tool {

namespace {

Result<SshdConfiguration> read(const CheckedPath& config) {
    std::optional<CallersRights> rights;
    if (config.named_by_call) rights.emplace();
    return SshdConfiguration::read(config.path);
}

Remark about_file(const std::string& path, Remark::Level level, std::string text, std::string mend) {
    return {.level = level,
            .file = path,
            .line = 0,
            .text = std::move(text),
            .now = {},
            .mend = std::move(mend),
            .finding = Finding::sshd_setting};
}

class Look {
  public:
    Look(const SshdInstance& sshd, const SshdConfiguration& configuration)
        : sshd_(sshd), configuration_(configuration), program_(SshdProgram::find(sshd.config)) {}

    SshdSeen run() {
        seen_.service = configuration_.global().value("pamservicename", sshd_.service);
        seen_.has_match_blocks = !configuration_.matches().empty();
        const SshdSample sample = sample_of(configuration_, people_for(configuration_));
        for (const SampledLogin& each : sample.logins)
            seen_.views.push_back(view_of(each));
        say_what_was_not_seen(sample);
        return std::move(seen_);
    }

  private:
    SshdView view_of(const SampledLogin& sampled) {
        SshdView view{sampled.login, configuration_.settings_for(sampled.login), sampled.is_ordinary};
        const auto said =
            program_ && !sampled.is_invented ? program_->settings_for(sampled.login) : std::nullopt;
        if (said) view.settings.take_values(*said);
        seen_.was_asked = seen_.was_asked || said.has_value();
        unsure_ = unsure_ || (!said && !configuration_.can_tell(sampled.login));
        return view;
    }

    void say_what_was_not_seen(const SshdSample& sample) {
        const std::string& path = configuration_.path();
        for (const std::string& file : configuration_.unread())
            if (!seen_.was_asked)
                seen_.remarks.push_back(cannot_be_read(file, "its settings were not checked"));
        if (program_ && program_->refusal() == SshdProgram::Refusal::configuration) {
            seen_.remarks.push_back(
                about_file(path, Remark::Level::error,
                           "sshd does not accept this file: once stopped it would not start "
                           "again. sshd -t -f " +
                               path + " says why",
                           {}));
        }
        if (program_ && program_->refusal() == SshdProgram::Refusal::unknown)
            seen_.remarks.push_back(cannot_be_read(path, "sshd -T -f " + path +
                                                             " fails, and its settings were taken from the "
                                                             "lines of its files"));
        if (unsure_) {
            seen_.remarks.push_back(
                about_file(path, Remark::Level::warning,
                           "some Match line asks for what only sshd itself can tell: it was "
                           "taken as not met. As root check-config asks sshd",
                           {}));
        }
        if (!sample.is_whole) {
            seen_.remarks.push_back(
                about_file(path, Remark::Level::warning,
                           "its Match lines tell more kinds of logins apart than were looked at (" +
                               std::to_string(most_sampled_logins) + ")",
                           {}));
        }
    }

    const SshdInstance& sshd_;
    const SshdConfiguration& configuration_;
    std::optional<SshdProgram> program_;
    SshdSeen seen_;
    bool unsure_ = false;
};

}  // namespace

Result<SshdSeen> look_at(const SshdInstance& sshd) {
    const auto configuration = read(sshd.config);
    if (!configuration) return std::unexpected(configuration.error());
    return Look(sshd, *configuration).run();
}

}  // namespace secondstep::tool
