# Sourced by `check` and `quickstart`. need_packages yes|no PACKAGE...: installs what is missing, as root or by `sudo -n`; otherwise prints
# the exact line and fails. Prints what and how much before it installs.

need_packages() {
    local install=$1 missing="" package as_root=""
    shift
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not a Debian system: please see that these are there: $*"
        return 0
    fi
    for package in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
            installed) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        if sudo -n true 2>/dev/null; then
            as_root="sudo -n"
        else
            install=no
        fi
    fi
    if [ "$install" = no ]; then
        echo "Missing packages; install them with:"
        echo "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends$missing"
        return 1
    fi
    echo "Installing packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    $as_root apt-get update -qq </dev/null || { echo "apt-get update failed; see above"; return 1; }
    # shellcheck disable=SC2086
    apt-get install --assume-no --no-install-recommends $missing 2>/dev/null </dev/null | grep -E '^(Need to get|After this)' | sed 's/^/  /'
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing </dev/null >/dev/null \
        || { echo "apt-get install failed; see above"; return 1; }
}
