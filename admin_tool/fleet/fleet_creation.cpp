#include "fleet/fleet_creation.h"

#include <algorithm>

#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "files/pipe.h"
#include "fleet/authority.h"
#include "fleet/differing_uids.h"
#include "fleet/file_records.h"
#include "fleet/fleet_fragment.h"
#include "fleet/fleet_session.h"
#include "fleet/node_files.h"
#include "fleet/relay_account.h"
#include "fleet/site_files.h"
#include "parts/part.h"
#include "people/audit.h"
#include "people/nodes_in_words.h"

namespace secondstep::tool {

namespace {

std::string text_of(fleet::Uids uids) {
    return uids == fleet::Uids::same ? "same" : "differ";
}

class Creation {
  public:
    Creation(const Config& config, const std::string& config_path, const FleetCreation& wanted)
        : config_(config), wanted_(wanted), fragment_(FleetFragment::of_node(config_path, wanted.listen)) {}
    Exit run();

  private:
    [[nodiscard]] OrExit<void> possible() const;
    [[nodiscard]] Exit issue(const FleetSession& session, int out) const;
    [[nodiscard]] OrExit<fleet::FleetIdentity> identity(const FleetSession& session) const;
    [[nodiscard]] OrExit<void> fits(const fleet::FleetIdentity& there) const;
    [[nodiscard]] OrExit<fleet::FleetIdentity> with_latest_authority(const FleetSession& session,
                                                                     fleet::FleetIdentity there) const;
    [[nodiscard]] OrExit<fleet::FleetIdentity> new_fleet(const FleetSession& session) const;
    [[nodiscard]] OrExit<NodeFiles> files_of(const fleet::FleetIdentity& fleet,
                                             const FleetSession& session) const;
    [[nodiscard]] Result<bool> has_good_files(const NodeFiles& files) const;
    [[nodiscard]] Exit place(int in) const;
    Exit report(bool changed) const;

    const Config& config_;
    const FleetCreation& wanted_;
    FleetFragment fragment_;
    SharedFlag made_fleet_;
    SharedFlag made_authority_;  // another certificate of it
    SharedFlag made_files_;
};

// Nothing is begun that could not be finished.
OrExit<void> Creation::possible() const {
    if (config_.fleet.part == FleetPart::host)
        return stop(complain(Exit::refused, "this machine is a host of a fleet already: its nodes are " +
                                                nodes_in_words(config_.fleet)));
    if (const auto looked = fragment_.look(); !looked)
        return stop(complain(Exit::refused, looked.error().detail));
    return {};
}

// What it was made with stays: hosts believe the authority that they were told of.
OrExit<void> Creation::fits(const fleet::FleetIdentity& there) const {
    if (wanted_.uids_given && there.uids != wanted_.uids)
        return stop(complain(Exit::refused, "the fleet that is here was made with --uids " +
                                                text_of(there.uids) + ", and stays so"));
    if (there.is_of_site() && !wanted_.site)
        return stop(
            complain(Exit::refused,
                     "the fleet that is here takes certificates of the site's own authority: say "
                     "--certificate FILE --key FILE --ca FILE, with this node's present or next one"));
    if (!there.is_of_site() && wanted_.site)
        return stop(
            complain(Exit::refused,
                     "the fleet that is here has an authority of its own, which its hosts believe, and "
                     "stays so: --certificate, --key and --ca are for a new fleet"));
    const auto known = fleet::certificate_of(there.authority);
    if (wanted_.site && !(known && is_same_authority(*known, wanted_.site->authority)))
        return stop(complain(Exit::refused,
                             "the hosts of the fleet that is here believe another authority than that of " +
                                 wanted_.site->paths.authority));
    return {};
}

OrExit<fleet::FleetIdentity> Creation::new_fleet(const FleetSession& session) const {
    fleet::FleetIdentity made{.id = session.store.randomness.array<16>(),
                              .uids = wanted_.uids,
                              .since = session.now(),
                              .nodes = {{wanted_.node, wanted_.place}},
                              .authority = {},
                              .authority_key = {}};
    if (wanted_.site) {
        made.authority = wanted_.site->authority_der;
        return made;
    }
    const auto authority =
        fleet::Authority::make(hex(made.id).substr(0, 8), made.since, session.store.randomness);
    if (!authority) return stop(complain("fleet", authority.error()));
    auto key = authority->key();
    if (!key) return stop(complain("fleet", key.error()));
    made.authority = authority->certificate();
    made.authority_key = std::move(*key);
    return made;
}

// The same authority may have another certificate by now, which holds for longer.
OrExit<fleet::FleetIdentity> Creation::with_latest_authority(const FleetSession& session,
                                                             fleet::FleetIdentity there) const {
    if (!wanted_.site) return there;
    const auto known = fleet::certificate_of(there.authority);
    if (known && known->end >= wanted_.site->authority.end) return there;
    const auto good =
        stays_good(config_, "node.pem", *wanted_.site, {wanted_.node, fleet::Authority::Role::node});
    if (!good) return stop(good.error());
    const auto records = fleet::FileFleetRecords::open(config_.store, config_.allow_network_file_system,
                                                       session.store.store->keyring(), session.store.clock,
                                                       session.store.randomness);
    const Result<void> done = records ? (*records)->replace_authority(wanted_.site->authority_der)
                                      : std::unexpected(records.error());
    if (!done) return stop(complain("fleet", done.error()));
    audit("fleet-create", "", "authority-until=" + utc_second(wanted_.site->authority.end));
    made_authority_.set();
    there.authority = wanted_.site->authority_der;
    return there;
}

OrExit<fleet::FleetIdentity> Creation::identity(const FleetSession& session) const {
    auto there = session.records.identity();
    if (!there) return stop(complain("fleet", there.error()));
    if (*there) {
        if (const auto good = fits(**there); !good) return stop(good.error());
        return with_latest_authority(session, std::move(**there));
    }
    auto made = new_fleet(session);
    if (!made) return made;
    if (const auto done = session.records.create(*made); !done) return stop(complain("fleet", done.error()));
    audit(
        "fleet-create", "",
        "node=" + wanted_.node + " uids=" + text_of(wanted_.uids) + (wanted_.site ? " authority=site" : ""));
    made_fleet_.set();
    return made;
}

OrExit<NodeFiles> Creation::files_of(const fleet::FleetIdentity& fleet, const FleetSession& session) const {
    if (wanted_.site) {
        const auto site = fleet::certificate_of(fleet.authority);
        if (!site) return stop(complain("fleet", site.error()));
        return NodeFiles{wanted_.site->key.clone(), wanted_.site->chain, fleet::marked_as_of_site(site->pem)};
    }
    const auto authority = fleet::Authority::of(fleet.authority, fleet.authority_key);
    if (!authority) return stop(complain("fleet", authority.error()));
    auto made = authority->certify_new_key({wanted_.node, fleet::Authority::Role::node}, session.now(),
                                           session.store.randomness);
    if (!made) return stop(complain("fleet", made.error()));
    return NodeFiles{std::move(made->key), std::move(made->certificate.pem), authority->described().pem};
}

Exit Creation::issue(const FleetSession& session, int out) const {
    const auto fleet = identity(session);
    if (!fleet) return fleet.error();
    const auto known = std::ranges::find(fleet->nodes, wanted_.node, &fleet::Node::name);
    if (known == fleet->nodes.end())
        return complain(Exit::refused, "the node of the fleet that is here is called " +
                                           (fleet->nodes.empty() ? "otherwise" : fleet->nodes.front().name) +
                                           ": say --name");
    const auto files = files_of(*fleet, session);
    if (!files) return files.error();
    const auto written = write_to(out, *files);
    return written ? Exit::done : complain(written.error());
}

Result<bool> Creation::has_good_files(const NodeFiles& files) const {
    const std::string& directory = config_.fleet.directory;
    if (wanted_.site) return has_these_node_files(directory, files);
    return has_good_node_files(directory, wanted_.node, files.authority, SystemClock().now());
}

Exit Creation::place(int in) const {
    const auto files = read_node_files(in);
    if (!files) return complain(files.error());
    const std::string& directory = config_.fleet.directory;
    const auto good = has_good_files(*files);
    if (!good) return complain("fleet_directory", good.error());
    if (*good) return Exit::done;
    const auto done = put_node_files(directory, *files);
    if (!done) return complain("fleet_directory", done.error());
    made_files_.set();
    return Exit::done;
}

Exit Creation::report(bool changed) const {
    if (wanted_.json) {
        out().verbatim(dump({{"changed", changed},
                             {"node", wanted_.node},
                             {"place", wanted_.place},
                             {"configuration", fragment_.path()},
                             {"directory", config_.fleet.directory}}));
        return unless_unwritten();
    }
    if (!changed) {
        out().line("The fleet, its configuration and this node's certificate are there; nothing changed.");
        return unless_unwritten();
    }
    out().line(std::string(made_fleet_.is_set() ? "Made a fleet" : "Mended the fleet") + ", whose node is " +
               wanted_.node + ", at " + wanted_.place + ".");
    out().line("made    " + fragment_.path());
    if (made_files_.is_set())
        out().line("made    " + config_.fleet.directory + "/node.pem, node.key, authority.pem");
    if (wanted_.site)
        out().line(
            "Its certificates are those of the site's own authority: give the next one in the same way "
            "before this ends, " +
            local_minute(wanted_.site->own.end) + ". The relay takes it within a minute.");
    if (made_authority_.is_set())
        out().line(
            "The authority's certificate is the next one, of the same key: restart secondstepd.service here, and give it "
            "to each host with setup --join and the three files before the one before ends.");
    if (made_fleet_.is_set() && wanted_.uids == fleet::Uids::differ) out().line(what_differing_uids_mean);
    if (!is_installed(Part::relay)) err().line("Warning: " + not_installed(Part::relay));
    out().line("Next:");
    for (const char* const command :
         {"systemctl enable --now secondstep-hosts.socket", "systemctl restart secondstepd.service",
          "systemctl enable --now secondstep-relay.service", "secondstep fleet invite-hosts"})
        out().verbatim(std::string("    ") + command);
    out().line("Keep a copy of " + config_.host_key +
               " and of the store, in two places: all hosts depend on them.");
    return unless_unwritten();
}

Exit Creation::run() {
    if (const auto can = possible(); !can) return can.error();
    if (const auto begun = begin_first_use(config_); !begun) return begun.error();
    const auto account = have_relay_account(config_);
    if (!account) return account.error();
    auto pipe = Pipe::make();
    if (!pipe) return complain(pipe.error());
    const Exit issued =
        run_with_fleet(config_, [&](const FleetSession& session) { return issue(session, pipe->in.get()); });
    if (issued != Exit::done) return issued;
    pipe->in = UniqueFd();
    const Exit placed = run_as_relay_account(config_, [&] { return place(pipe->out.get()); });
    if (placed != Exit::done) return placed;
    const auto written = fragment_.write();
    if (!written) return complain(written.error());
    return report(*account || *written || made_fleet_.is_set() || made_authority_.is_set() ||
                  made_files_.is_set());
}

}  // namespace

Exit create_fleet(const Config& config, const std::string& config_path, const FleetCreation& creation) {
    return Creation(config, config_path, creation).run();
}

}  // namespace secondstep::tool
