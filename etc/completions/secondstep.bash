# bash completion for secondstep(8)

_secondstep_options() {
    case $1 in
    setup) echo "--json --new-key --no-host-key --yes" ;;
    adopt) echo "--moved --copied --keep-recovery-codes --yes --json" ;;
    doctor) echo "--json" ;;
    enroll) echo "--method --address --name --digits --period --algorithm --counter --issuer --label --qr --save --no-confirm
                  --add --replace --if-missing --portal-user --other-person --bulk --output --json" ;;
    status) echo "--enrolled --not-enrolled --method --group --users --locked --json" ;;
    recovery-codes) echo "--renew --save --yes --json" ;;
    disable | devices) echo "--yes --json" ;;
    rename) echo "--same-person --uid --json" ;;
    unlock | revoke | send-test) echo "--json" ;;
    re-enroll) echo "--no-code --valid --json" ;;
    invite) echo "--valid --other-person --json" ;;
    temporary-code) echo "--valid --json" ;;
    clients) echo "--service --json" ;;
    explain) echo "--service --from --json" ;;
    portal) echo "--qr --export --password-file --choose --phone --link --valid --note --url --share --unshare --replace --wait --stdin --owner --yes --json" ;;
    code) echo "--wait --stdin --owner --json" ;;
    import) echo "--dry-run --user --choose --key --owners --upn-suffix --columns --add --replace --confirm --all-homes --qr --key-file --password-file --portal-user --json" ;;
    export) echo "--all --format --output --password-file --plain --yes" ;;
    check-config) echo "--file --pam-dir --sshd-config --sshd-service --changed --accept --json" ;;
    pam) echo "--key-and-code --password-and-code --dry-run --no-catch" ;;
    try) echo "--service --rhost --first-factor --json" ;;
    esac
}

_secondstep() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb= i at=0
    local verbs="setup enroll status recovery-codes disable devices rename unlock re-enroll invite temporary-code revoke clients send-test try portal code import export explain check-config pam adopt doctor help"
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --config) ((i++)) ;;
        -*) ;;
        *) verb=${COMP_WORDS[i]}; at=$i; break ;;
        esac
    done
    case $prev in
    --config | --save | --bulk | --output | --users | --file | --pam-dir | --sshd-config | --key-file | --password-file | --owners | --export)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
        return
        ;;
    --method) mapfile -t COMPREPLY < <(compgen -W "totp hotp mail sms" -- "$cur"); return ;;
    --algorithm) mapfile -t COMPREPLY < <(compgen -W "sha1 sha256 sha512" -- "$cur"); return ;;
    --valid) mapfile -t COMPREPLY < <(compgen -W "30m 8h 24h 2d 7d" -- "$cur"); return ;;
    --digits) mapfile -t COMPREPLY < <(compgen -W "6 7 8" -- "$cur"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "csv otpauth" -- "$cur"); return ;;
    --share | --unshare | --owner | --user) mapfile -t COMPREPLY < <(compgen -u -- "$cur"); return ;;
    --qr)
        if [[ $verb == portal || $verb == import ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            compopt -o filenames 2>/dev/null
            return
        fi
        ;;&
    --qr) mapfile -t COMPREPLY < <(compgen -W "utf8 ascii png: svg: none" -- "$cur"); return ;;
    --group) mapfile -t COMPREPLY < <(compgen -g -- "$cur"); return ;;
    esac
    if [[ -z $verb ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$verbs --config --help --version" -- "$cur")
    elif [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_secondstep_options "$verb") --config --help" -- "$cur")
    elif [[ $verb == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
    elif [[ $verb == clients && $COMP_CWORD -eq $((at + 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "list drop" -- "$cur")
    elif [[ $verb == devices && $COMP_CWORD -eq $((at + 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "rename remove" -- "$cur"; compgen -u -- "$cur")
    elif [[ $verb == pam && $COMP_CWORD -eq $((at + 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "add remove keep" -- "$cur")
    elif [[ $verb == pam && $COMP_CWORD -eq $((at + 2)) ]]; then
        mapfile -t COMPREPLY < <(cd /etc/pam.d 2>/dev/null && compgen -f -- "$cur")
    elif [[ $verb == portal && $COMP_CWORD -eq $((at + 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "add code list show enable disable rename change remove export" -- "$cur")
    elif [[ $verb == import && $COMP_CWORD -eq $((at + 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "google-authenticator oath pskc csv otpauth app-export" -- "$cur")
    elif [[ $verb == import ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
    elif [[ $verb == portal || $verb == code ]]; then
        return
    elif [[ $verb != setup && $verb != doctor && $verb != adopt && $verb != check-config && $verb != pam ]]; then
        mapfile -t COMPREPLY < <(compgen -u -- "$cur")
    fi
}

complete -F _secondstep secondstep
