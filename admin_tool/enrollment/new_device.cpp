#include "enrollment/new_device.h"

#include "base/host_name.h"
#include "base/text.h"
#include "enrollment/confirmation.h"
#include "enrollment/enroll_report.h"
#include "enrollment/label.h"
#include "qr/qr_drawing.h"

namespace secondstep::tool {

dialogue::EnrollmentOptions NewDevice::options_after(const Account& before) {
    const unsigned number = dialogue::label_number(before, dialogue::Former::all);
    const std::string suffix = number > 1 ? "-" + std::to_string(number) : "";
    const EnrollRequest& request = task_.request;
    const std::string& configured = task_.session.config.issuer;
    label_ = request.label.value_or(task_.name() + suffix);
    dialogue::EnrollmentOptions options = request.draft_options();
    options.device_name = request.name.value_or("phone" + suffix);
    options.issuer = request.issuer.value_or(configured.empty() ? host_name() : configured);
    options.label_account = label_;
    return options;
}

OrExit<void> NewDevice::prepare(const Account& before) {
    enrollment_ = dialogue::Enrollment::draft(options_after(before), task_.session.randomness);
    if (const auto shown = show(); !shown) return shown;
    if (!task_.request.confirm) return {};
    return confirm_with_code(*enrollment_, task_.name(), task_.session.config.window, task_.session.clock,
                             task_.screen);
}

OrExit<void> NewDevice::show() {
    const auto uri = enrollment_->uri();
    if (!uri) return stop(complain(uri.error()));
    if (!task_.for_a_script()) {
        show_header(task_.screen, task_.subject, task_.request);
        show_key();
    }
    return show_picture(*uri);
}

void NewDevice::show_key() const {
    Secret key = Secret::copy_of("Key: ");
    key.append(enrollment_->key_text().text());
    task_.screen.line(key);
}

OrExit<void> NewDevice::show_picture(const Secret& uri) {
    const QrChoice& choice = task_.request.qr;
    const auto& place = task_.files.picture;
    if (choice.kind == QrChoice::Kind::none) return {};
    if (task_.for_a_script() && !place) return {};
    if (!place) {
        const auto drawn = draw_qr(uri, choice, task_.screen);
        if (!drawn) return stop(complain("QR", drawn.error()));
        if (*drawn == Drawn::too_tall) show_key();
        return {};
    }
    const auto qr = dialogue::QrCode::of(uri);
    if (!qr) return stop(complain("QR", qr.error()));
    const CallerFile& file = task_.files.all[*place];
    if (const auto written = write_qr(*qr, choice, file); !written) return stop(complain(written.error()));
    task_.screen.line("QR picture: " + printable(file.path()) +
                      " (it holds the key: delete it when it was scanned)");
    return {};
}

void NewDevice::put_into(Credential& credential) const {
    credential.authenticators.push_back(enrollment_->authenticator().clone());
}

OrExit<Secret> NewDevice::json(const std::vector<Secret>& codes) const {
    const auto uri = enrollment_->uri();
    if (!uri) return stop(complain(uri.error()));
    return enrollment_json(task_.name(), task_.request, label_, *uri, enrollment_->authenticator(), codes);
}

OrExit<Secret> NewDevice::json_beside(const std::vector<std::string>& devices) const {
    const auto uri = enrollment_->uri();
    if (!uri) return stop(complain(uri.error()));
    return addition_json(task_.name(), task_.request, label_, *uri, device(), devices);
}

}  // namespace secondstep::tool
