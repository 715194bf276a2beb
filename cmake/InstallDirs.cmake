# Where files go that GNUInstallDirs has no name for. Relative to the prefix: systemd looks for units, accounts and
# directories below /usr/lib and /usr/local/lib alike. Not asked of pkg-config: Debian 12 answers /lib/systemd/system,
# outside of every prefix; a packager whose tools want that says so.
set(SECONDSTEP_UNIT_DIR lib/systemd/system CACHE STRING "Where systemd looks for units")
set(SECONDSTEP_SYSUSERS_DIR lib/sysusers.d CACHE STRING "Where systemd-sysusers looks for accounts")
set(SECONDSTEP_TMPFILES_DIR lib/tmpfiles.d CACHE STRING "Where systemd-tmpfiles looks for directories")
set(SECONDSTEP_BASH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/bash-completion/completions CACHE STRING
    "Where bash looks for completions")
set(SECONDSTEP_PAM_DIR ${CMAKE_INSTALL_FULL_LIBDIR}/security CACHE STRING "Where PAM looks for modules")
