/* Where values come from, before they are put together. Trust goes down from the driver's section
   of odbcinst.ini over system data sources and user data sources to connection strings. */
#ifndef CONFIG_LAYER_H
#define CONFIG_LAYER_H

#include "config/keyword.h"
#include "config/parse.h"

/* One source of values. NO_SPAN = not given; an empty value counts as not given. */
struct layer {
    enum setting_origin origin;
    struct span text[SETTINGS_COUNT];
};

enum { DRIVER_SECTIONS_MAX = 8 };

struct layers {
    /* The governing sections of odbcinst.ini: the one the data source or string names, or, when a
       library was named by its path, every section that stands for this library. The first one also
       gives values. */
    struct layer driver[DRIVER_SECTIONS_MAX];
    unsigned n_drivers;
    struct layer dsn; /* origin says whether system or user */
    bool has_dsn;
    struct layer string; /* ORIGIN_STRING or ORIGIN_CALL */
    struct span dsn_name;
    struct span driver_name; /* from DRIVER= or the data source's Driver */
};

/* Adds one value by its key's name: the first one counts. Unknown keys: a notice with the nearest
   key, or a fault when that one matters. where names the source in texts. */
MUST_USE bool layer_add(struct layer *l, const struct pair *pair, const char *where,
                        struct notices *notices, struct fault *f);

#endif
