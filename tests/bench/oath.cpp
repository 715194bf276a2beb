#include "oath.h"

#include <sys/stat.h>

#include <fstream>

#include "base/text.h"
#include "required.h"

namespace secondstep::bench {

Contender oath(const Lab& lab) {
    return {lab,
            {.stack = "oath",
             .label = "pam_oath",
             .enrolled = [path = lab.file("oath.users")](const std::vector<BenchAccount>& accounts) {
                 std::ofstream out(path, std::ios::trunc);
                 for (const BenchAccount& account : accounts)
                     out << "HOTP/T30 " << account.name << " - " << hex(account.key.bytes()) << "\n";
                 out.close();
                 require(out.good() && ::chmod(path.c_str(), 0600) == 0, "the users file of pam_oath");
             }}};
}

}  // namespace secondstep::bench
