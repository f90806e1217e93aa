# Sourced by run: the tarball's install and uninstall, for a user who is not root and for a system in a folder of the test's own.
# A place that any user may enter, with a blank in its name.
PLACE=$(mktemp -d "${TMPDIR:-/tmp}/athena odbc.XXXXXX")
trap 'sandbox_stop packages; rm -rf "$PLACE"' EXIT
cp -r "$UNPACKED" "$PLACE/archive"
mkdir "$PLACE/home"
cp "$ODBCSYSINI/odbc.ini" "$PLACE/odbc.ini"
cp "$WORK/dialog" "$PLACE/dialog"
printf '[Foreign]\nDriver = /opt/foreign/libforeign.so\n' >"$PLACE/home/.odbcinst.ini"
chmod -R go+rX "$PLACE"
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$PLACE"
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups --"
else
    as_user=""
fi
person() { env -i HOME="$PLACE/home" PATH="$PATH" LC_ALL=C.UTF-8 $as_user "$@"; }
mine="$PLACE/home/.odbcinst.ini"
at_first=$(cksum <"$mine")
prefix="$PLACE/home/.local/share/athena-odbc"
person_asks() { # isql with the user's driver and the test's data sources
    echo "SELECT name FROM airlines WHERE carrier = 'UA'" | env ODBCINI="$PLACE/odbc.ini" HOME="$PLACE/home" PATH="$PATH" $as_user isql -b -v retail
}

promise "a user installs the tarball without being root" person "$PLACE/archive/install"
promise "it is registered in the user's own file" says "^Driver +=.*athena-odbc/lib/libathenaodbc\.so" cat "$mine"
promise "isql works with it, nothing set" env -u ODBCSYSINI bash -c "$(declare -f says person_asks); PLACE='$PLACE' as_user='$as_user'; says 'United Air Lines' person_asks"
installed=$(cksum <"$mine")
promise "installing it again" person "$PLACE/archive/install"
promise "changes nothing" equal "$installed" "$(cksum <"$mine")"
promise "a file that the next version does not have" person sh -c 'rm "$1/archive/include/athenaodbc.h" && "$1/archive/install"' - "$PLACE"
promise "goes with the upgrade" test ! -e "$prefix/include/athenaodbc.h"
promise "a second name can be registered" person "$PLACE/archive/install" --name "Athena too"
promise "beside the first" equal 2 "$(grep -c 'libathenaodbc\.so' "$mine")"
echo "mine" >"$prefix/lib/notes.txt"
promise "the installed copy uninstalls itself" person "$prefix/uninstall"
promise "the user's file is what it was" equal "$at_first" "$(cksum <"$mine")"
promise "a file of the user's among the driver's stays" equal "lib/notes.txt" "$(cd "$prefix" && find . -type f | sed 's|^\./||')"
rm -rf "$prefix"
promise "uninstalling once more is no error" person "$PLACE/archive/uninstall"

printf '[athena]\nDriver = /opt/other/libother.so\n' >>"$mine"
taken=$(cksum <"$mine")
promise "an entry of that name of another driver stops the installation" says '\[Athena\] for /opt/other/libother\.so, which stays' person "$PLACE/archive/install"
promise "with a status of its own" sh -c '"$@" >/dev/null 2>&1; [ $? -eq 3 ]' - env HOME="$PLACE/home" "$PLACE/archive/install" --user
promise "before anything is written" test ! -e "$prefix"
promise "the entry is as it was" equal "$taken" "$(cksum <"$mine")"

printf '[Foreign]\nDriver = /opt/foreign/libforeign.so\n' >"$mine"
person "$PLACE/archive/install" >/dev/null 2>&1
sed -i 's|^Driver *=.*athena-odbc/lib/|Driver = /opt/built/|' "$mine"
turned=$(cksum <"$mine")
promise "an entry that the user has turned to another library" person "$prefix/uninstall"
promise "stays when the driver goes" equal "$turned" "$(cksum <"$mine")"
rm -f "$mine"

mkdir "$PLACE/sysini"
[ -z "$as_user" ] || chown 65534:65534 "$PLACE/sysini"
promise "ODBCSYSINI is where a user's manager looks, so it is registered there" person env ODBCSYSINI="$PLACE/sysini" "$PLACE/archive/install"
promise "in its odbcinst.ini" says '^\[Athena\]$' cat "$PLACE/sysini/odbcinst.ini"
promise "the user finds the command" sh -c '[ ! -e "$1/bin/athena-odbc" ] || [ "$2/.local/bin/athena-odbc" -ef "$1/bin/athena-odbc" ]' - "$prefix" "$PLACE/home"
# unixODBC's dialogs read the system's file or the one of ODBCSYSINI, not the user's own.
promise "a dialog gets the keys from its setup library" says '^ConsumerAccountRoleArn$' person env ODBCSYSINI="$PLACE/sysini" "$PLACE/dialog" Athena
promise "uninstall finds it without the variable" person "$prefix/uninstall"
promise "and takes the link" no test -L "$PLACE/home/.local/bin/athena-odbc"
promise "and takes the file that it made" test ! -e "$PLACE/sysini/odbcinst.ini"

system() { "$PLACE/archive/$1" --system --prefix "$PLACE/opt" --odbcinst "$PLACE/system.ini"; }
printf '[Foreign]\nDriver=libforeign.so\n' >"$PLACE/system.ini"
before=$(cksum <"$PLACE/system.ini")
[ "$(id -u)" -eq 0 ] || mkdir -p "$PLACE/opt"
promise "for the system" system install
promise "it is registered where it was told to" says "^Driver +=.*/opt/lib/libathenaodbc\.so" cat "$PLACE/system.ini"
promise "and taken back" env -i PATH="$PATH" "$PLACE/opt/uninstall"
promise "the system's file is what it was" equal "$before" "$(cksum <"$PLACE/system.ini")"
promise "and the prefix is gone" test ! -e "$PLACE/opt"
