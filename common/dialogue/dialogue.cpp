#include "dialogue/dialogue.h"

#include <utility>

#include "dialogue/first_login.h"
#include "dialogue/manage.h"

namespace secondstep::dialogue {
std::unique_ptr<Dialogue> make_dialogue(Ports ports, Request request) {
    switch (request.purpose) {
        case Purpose::authenticate:
            return make_login(std::move(ports), std::move(request));
        case Purpose::account:
            return std::make_unique<FirstLogin>(std::move(ports), std::move(request));
        case Purpose::manage:
            break;
    }
    return std::make_unique<Manage>(std::move(ports), std::move(request));
}

}  // namespace secondstep::dialogue
