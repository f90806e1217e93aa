/* What the installer library does not tell about an ini file: whether a section stands in it, and
   whether a line was too long for the manager's reader. */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include "base/span.h"

/* The longest line unixODBC reads whole; the rest of a longer one silently becomes another line. */
enum { INI_LINE_BYTES_MAX = 999 };

struct ini_look {
    bool has_section;
    bool is_cut; /* the key stands there in a line longer than INI_LINE_BYTES_MAX */
};

/* Looks into a file; one that cannot be read has nothing. key may be NO_SPAN. */
struct ini_look ini_look(const char *path, struct span section, struct span key);

#endif
