#include "courier/check.h"
#include "courier/listener.h"
#include "courier/one_message.h"
#include "courier/options.h"
#include "process/program.h"

int main(int argc, char** argv) {
    using namespace secondstep::courier;  // NOLINT(google-build-using-namespace): it is their program
    return secondstep::process::run_program<ExitStatus>("secondstep-courier", argc, argv, parse_options,
                                                        usage, [](const Options& options) {
                                                            if (options.check) return check(options);
                                                            if (options.listen) return listen(options);
                                                            return serve_one_message(options);
                                                        });
}
