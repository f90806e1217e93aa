#!/bin/sh
# Runs inside the clean root: the .deb's life from its first installation to its purge. /packages/N holds the N-th packaging.
# shellcheck disable=SC1091
. /tests/promise.sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root
library=$(echo /usr/lib/*-linux-gnu*)/odbc/libathenaodbc.so

foreign() {
    printf '[Foreign]\nDescription=Somebody else\nDriver=libforeign.so\nUsageCount=3\n\n' >/etc/odbcinst.ini
}
entry() { odbcinst -q -d -n Athena; }
install_one() { dpkg -i /packages/"$1"/odbc-athena_*.deb; }
registered_once() {
    says '^Driver *= *libathenaodbc\.so$' entry && says '^UsageCount *= *1$' entry && equal 1 "$(grep -c '^\[Athena\]' /etc/odbcinst.ini)"
}
foreign_as_it_was() {
    foreign_now=$(odbcinst -q -d -n Foreign) || return 1
    equal "$(printf '[Foreign]\nDescription=Somebody else\nDriver=libforeign.so\nUsageCount=3')" "$foreign_now"
}
no_entry() { no entry && no grep -i athena /etc/odbcinst.ini; }
query() { # sql
    printf '%s\n' "$1" | LD_PRELOAD=/tests/guard.so ATHENA_GUARD_LOG=/tests/guard.log isql -b -v -m40 retail
}
rows() { says 'United Air Lines' query "SELECT name FROM airlines WHERE carrier = 'UA'"; }
sources=$(cksum </etc/odbc.ini)
sources_as_they_were() { equal "$sources" "$(cksum </etc/odbc.ini)"; }
nothing_left() {
    left=$(find /usr /etc /var /opt -iname '*athena*' 2>/dev/null)
    equal "" "$left"
}

foreign
promise "the package installs where nothing but its Depends is" install_one 1
promise "the driver is registered once, by its name alone" registered_once
promise "its libraries are all there" no says 'not found' ldd "$library"
promise "isql reads another account's table through the installed driver" rows
promise "a timestamp of a named zone is read by the zone files" says '2024-07-01 19:00:00' query "SELECT TIMESTAMP '2024-07-01 12:00:00 America/Los_Angeles'"
promise "a dialog gets the keys from the installed setup library" says '^ConsumerAccountRoleArn$' /tests/dialog Athena
promise "the command says its version when it is packed" sh -c '! ls /packages/1/odbc-athena-tools_*.deb 2>/dev/null || { dpkg -i /packages/1/odbc-athena-tools_*.deb && athena-odbc --version; }'
promise "installing it again leaves the count at one" sh -c 'dpkg -i /packages/1/odbc-athena_*.deb'
promise "after it, registered once" registered_once
promise "the first upgrade" install_one 2
promise "after it, registered once" registered_once
promise "the second upgrade" install_one 3
promise "after it, registered once" registered_once
promise "the upgraded driver reads, too" rows
promise "dpkg finds every file as packed" silent dpkg --verify odbc-athena
[ ! -e /usr/bin/athena-odbc ] || promise "the command goes" dpkg --purge odbc-athena-tools
promise "it is removed" dpkg --remove odbc-athena
promise "after it, no entry is left" no_entry
promise "after it, the other driver's entry is as it was" foreign_as_it_was
promise "after it, the data sources are as they were" sources_as_they_were
promise "it is purged" dpkg --purge odbc-athena
promise "after it, nothing is left" nothing_left
dpkg --triggers-only --pending >/dev/null 2>&1
promise "after it, dpkg has nothing to complain of" silent dpkg --audit

install_one 3 >/dev/null 2>&1
odbcinst -i -d -f /usr/share/athena-odbc/odbcinst.ini.template >/dev/null
promise "an entry counted up by hand" says '^UsageCount *= *2$' entry
promise "goes with a purge all the same" sh -c 'dpkg --purge odbc-athena'
promise "and leaves nothing" no_entry

foreign
printf '[Athena]\nDescription=Of somebody else\nDriver=/opt/other/libother.so\nUsageCount=1\n' >>/etc/odbcinst.ini
before=$(cksum </etc/odbcinst.ini)
promise "an entry [Athena] of somebody else is told of" says 'left as it is' install_one 1
promise "and is as it was after the installation" equal "$before" "$(cksum </etc/odbcinst.ini)"
install_one 2 >/dev/null 2>&1
dpkg --purge odbc-athena >/dev/null 2>&1
promise "and after an upgrade and a purge" equal "$before" "$(cksum </etc/odbcinst.ini)"

foreign
promise "ODBCSYSINI of whoever installs does not lead the registration away" env ODBCSYSINI=/tmp dpkg -i /packages/1/odbc-athena_*.deb
promise "after it, registered once" registered_once
dpkg --purge odbc-athena >/dev/null 2>&1
promises_kept
