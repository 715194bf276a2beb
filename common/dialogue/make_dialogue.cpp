#include "dialogue/make_dialogue.h"

#include <utility>

#include "dialogue/login/first_login.h"
#include "dialogue/login/login.h"
#include "dialogue/manage/manage.h"

namespace secondstep::dialogue {

std::unique_ptr<Dialogue> make_dialogue(Ports ports, Request request) {
    switch (request.purpose) {
        case Purpose::authenticate:
            return std::make_unique<Login>(std::move(ports), std::move(request));
        case Purpose::account:
            return std::make_unique<FirstLogin>(std::move(ports), std::move(request));
        case Purpose::manage:
            break;
    }
    return std::make_unique<Manage>(std::move(ports), std::move(request));
}

}  // namespace secondstep::dialogue
