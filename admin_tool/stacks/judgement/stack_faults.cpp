#include "stacks/judgement/stack_faults.h"

#include <algorithm>

#include "stacks/judgement/account_faults.h"
#include "stacks/judgement/argument_faults.h"
#include "stacks/judgement/auth_faults.h"
#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

bool has_it(const Stack& stack, Facility part) {
    return std::ranges::any_of(stack.of(part), is_second_step);
}

void add(Faults& faults, Faults more) {
    std::ranges::move(more, std::back_inserter(faults));
}

}  // namespace

Faults stack_faults(const Stack& stack, const Config& config, BeforeStack before) {
    Faults faults;
    if (has_it(stack, Facility::auth)) add(faults, auth_faults(stack, config, before));
    Faults closed = closed_account_faults(stack);
    if (!closed.empty()) {
        add(faults, std::move(closed));
    } else if (has_it(stack, Facility::account)) {
        add(faults, account_faults(stack, config));
    }
    add(faults, argument_faults(stack, config));
    return faults;
}

}  // namespace secondstep::tool
