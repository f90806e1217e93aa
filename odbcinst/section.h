/* A data source as a section of an ini file, and the files where sections live. */
#ifndef ODBCINST_SECTION_H
#define ODBCINST_SECTION_H

#include "command.h"
#include "ini_text.h"
#include "inventory.h"

enum {
    SECTION_LINE_MAX = 900
}; /* the driver manager cuts lines a little above; longer values go into files */

/* Appends the section of a spoke; keys in the order of the driver's table. values_dir: where long
   values are put (one file a value, 0600); NULL makes a long value a fault. */
MUST_USE bool section_print(const struct inventory_spoke *spoke, const char *values_dir,
                            struct buf *out, struct fault *f);

/* Where the data sources of the user and of the system are. */
struct section_places {
    char user[4097], system[4097], drivers[4200]; /* drivers: odbcinst.ini */
};
MUST_USE bool section_places_find(struct section_places *p, struct fault *f);
/* --user, --system or --file PATH; the user's when none is given. Borrowed from p or the arguments;
 * NULL after a fault. */
const char *section_file(const struct arguments *a, struct section_places *p, struct fault *f);

#endif
