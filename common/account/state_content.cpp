#include "account/state_content.h"

#include <cstdint>

#include "account/later_change.h"
#include "account/slot_entries.h"

// What each of the bytes means: etc/FORMATS.md.
namespace secondstep::slot {
namespace {

// 0: none.
void write_factor(ByteWriter& out, const std::optional<Factor>& factor) {
    out.u8(factor ? static_cast<std::uint8_t>(*factor) : 0);
}

std::optional<Factor> read_factor(SlotReader& in) {
    const std::uint8_t factor = in.number_up_to(static_cast<std::uint8_t>(Factor::registration_code));
    if (factor == 0) return std::nullopt;
    return static_cast<Factor>(factor);
}

void write_recent(ByteWriter& out, const RecentFailures& recent) {
    for (const auto* times : {&recent.strangers, &recent.own_uid, &recent.trusted_callers})
        write_list(out, *times, max_recent_failures);
    write_list(out, recent.known, max_recent_known_failures);
}

RecentFailures read_recent(SlotReader& in) {
    RecentFailures recent;
    for (auto* times : {&recent.strangers, &recent.own_uid, &recent.trusted_callers})
        *times = read_list<UnixTime>(in, max_recent_failures);
    recent.known = read_list<RecentFailures::OfKnown>(in, max_recent_known_failures);
    return recent;
}

constexpr std::size_t head_size = 3 * 1 + 1 + 8 + time_size + sizeof(AttemptId);
static_assert(head_size + 3 * size_of<Failures> + size_of<RecoveryUse> +  //
                  size_of_list<AuthenticatorUse>(max_authenticator_uses) +
                  size_of_list<KnownSource>(max_known_sources) +  //
                  2 * size_of<OneTimeGrant> + size_of<Restore> + size_of<ChangeNotice> +
                  size_of_list<RememberedClient>(max_remembered_clients) +  //
                  size_of<SentCode> + 2 * size_of_list<UnixTime>(max_remembered_sends) +
                  3 * size_of_list<UnixTime>(max_recent_failures) +
                  size_of_list<RecentFailures::OfKnown>(max_recent_known_failures) + state_reserve ==
              content_size);

}  // namespace

void write_content(ByteWriter& out, const State& s) {
    const WrittenNotice written = written_notice(s.notice, s.reserve);
    out.u8(s.enrolled ? 1 : 0);
    out.u8(s.enrollment_forced ? 1 : 0);
    write_factor(out, s.last_factor);
    out.zeros(1);
    out.u64(s.generation);
    write_time(out, s.last_success);
    out.raw(s.last_accepted);
    write(out, s.strangers);
    write(out, s.own_uid);
    write(out, s.trusted_callers);
    write(out, s.recovery);
    write_list(out, s.uses, max_authenticator_uses);
    write_list(out, s.known, max_known_sources);
    write(out, s.registration);
    write(out, s.temporary);
    write(out, s.restore);
    write(out, written.notice);
    write_list(out, s.clients, max_remembered_clients);
    write(out, s.sent);
    write_list(out, s.sends, max_remembered_sends);
    write_list(out, s.portal_sends, max_remembered_sends);
    write_recent(out, s.recent);
    out.raw(written.reserve);
}

State read_content(SlotReader& in) {
    State s;
    s.enrolled = in.flag();
    s.enrollment_forced = in.flag();
    s.last_factor = read_factor(in);
    in.zeros(1);
    s.generation = in.u64();
    s.last_success = in.time();
    s.last_accepted = in.array<16>();
    s.strangers = read_failures(in);
    s.own_uid = read_failures(in);
    s.trusted_callers = read_failures(in);
    s.recovery = read_recovery(in);
    s.uses = read_list<AuthenticatorUse>(in, max_authenticator_uses);
    s.known = read_list<KnownSource>(in, max_known_sources);
    s.registration = read_grant(in);
    s.temporary = read_grant(in);
    s.restore = read_restore(in);
    s.notice = read_notice(in);
    s.clients = read_list<RememberedClient>(in, max_remembered_clients);
    s.sent = read_sent_code(in);
    s.sends = read_list<UnixTime>(in, max_remembered_sends);
    s.portal_sends = read_list<UnixTime>(in, max_remembered_sends);
    s.recent = read_recent(in);
    s.reserve = in.array<state_reserve>();
    take_later_change(s);
    return s;
}

}  // namespace secondstep::slot
