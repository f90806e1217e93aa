/* Where the machine keeps its time zones (Debian's and Fedora's package tzdata). */
#ifndef BASE_ZONE_FILE_H
#define BASE_ZONE_FILE_H

#include "base/span.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
/* Bytes of a name such as "America/Argentina/Buenos_Aires", terminator counted. */
enum { ZONE_NAME_BYTES = 48 };

/* A descriptor of the zone's file, to be closed by the caller; -1 when the name is none or the
   machine has no such zone. */
int zone_file_open(struct span name);

#endif
