// A source of the name service that is installed and cannot be loaded: libnss_lacking.so.2, "lacking" in
// nsswitch.conf. The library that it needs (needed_library.cpp) is not where a loader looks.
extern "C" int needed_by_a_name_source();
extern "C" [[gnu::visibility("default")]] int nss_lacking_answers() {
    return needed_by_a_name_source();
}
