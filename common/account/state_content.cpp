#include "account/state_content.h"

#include "account/slot_entries.h"

// What each of the bytes means: etc/FORMATS.md.
namespace secondstep::slot {
namespace {

// 0: none.
void write_means(ByteWriter& out, const std::optional<Means>& means) {
    out.u8(means ? static_cast<std::uint8_t>(*means) : 0);
}

std::optional<Means> read_means(SlotReader& in) {
    const std::uint8_t means = in.number_up_to(static_cast<std::uint8_t>(Means::registration_code));
    if (means == 0) return std::nullopt;
    return static_cast<Means>(means);
}

void write_recent(ByteWriter& out, const RecentFailures& recent) {
    for (const auto* times : {&recent.strangers, &recent.own_uid, &recent.portal})
        write_list(out, *times, max_recent_failures, short_time_size);
    write_list(out, recent.known, max_recent_known_failures, known_failure_size);
}

RecentFailures read_recent(SlotReader& in) {
    RecentFailures recent;
    for (auto* times : {&recent.strangers, &recent.own_uid, &recent.portal})
        *times = read_list<UnixTime>(in, max_recent_failures, short_time_size);
    recent.known = read_list<RecentFailures::OfKnown>(in, max_recent_known_failures, known_failure_size);
    return recent;
}

constexpr std::size_t count_size = 4;
constexpr std::size_t fixed_part = 120 + 56 + 56 + 40 + 80 + 72;  // to recovery's end; grants ... sent code
static_assert(fixed_part + count_size + max_authenticator_uses * authenticator_size +  //
                  count_size + max_known_sources * known_size +                        //
                  count_size + max_remembered_clients * client_size +                  //
                  2 * (count_size + max_remembered_sends * short_time_size) +          //
                  3 * (count_size + max_recent_failures * short_time_size) +           //
                  count_size + max_recent_known_failures * known_failure_size + state_reserve ==
              content_size);

}  // namespace

void write_content(ByteWriter& out, const State& s) {
    out.u8(s.enrolled ? 1 : 0);
    out.u8(s.enrollment_forced ? 1 : 0);
    write_means(out, s.last_means);
    out.zeros(1);
    out.u64(s.generation);
    write_time(out, s.last_success);
    out.raw(s.last_accepted);
    write(out, s.strangers);
    write(out, s.own_uid);
    write(out, s.portal);
    write(out, s.recovery);
    write_list(out, s.uses, max_authenticator_uses, authenticator_size);
    write_list(out, s.known, max_known_sources, known_size);
    write(out, s.registration);
    write(out, s.temporary);
    write(out, s.restore);
    write(out, s.notice);
    write_list(out, s.clients, max_remembered_clients, client_size);
    write(out, s.sent);
    write_list(out, s.sends, max_remembered_sends, short_time_size);
    write_list(out, s.portal_sends, max_remembered_sends, short_time_size);
    write_recent(out, s.recent);
    out.raw(s.reserve);
}

State read_content(SlotReader& in) {
    State s;
    s.enrolled = in.flag();
    s.enrollment_forced = in.flag();
    s.last_means = read_means(in);
    in.zeros(1);
    s.generation = in.u64();
    s.last_success = in.time();
    s.last_accepted = in.array<16>();
    s.strangers = read_failures(in);
    s.own_uid = read_failures(in);
    s.portal = read_failures(in);
    s.recovery = read_recovery(in);
    s.uses = read_list<AuthenticatorUse>(in, max_authenticator_uses, authenticator_size);
    s.known = read_list<KnownSource>(in, max_known_sources, known_size);
    s.registration = read_grant(in);
    s.temporary = read_grant(in);
    s.restore = read_restore(in);
    s.notice = read_notice(in);
    s.clients = read_list<RememberedClient>(in, max_remembered_clients, client_size);
    s.sent = read_sent_code(in);
    s.sends = read_list<UnixTime>(in, max_remembered_sends, short_time_size);
    s.portal_sends = read_list<UnixTime>(in, max_remembered_sends, short_time_size);
    s.recent = read_recent(in);
    s.reserve = in.array<state_reserve>();
    return s;
}

}  // namespace secondstep::slot
