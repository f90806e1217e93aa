/* The nearest right spelling of a key nobody knows. */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include "config/keyword.h"

/* The key that `name` was probably meant to be, *spelling its name or alias that came nearest
   (borrowed for ever); SETTINGS_COUNT when nothing is near. A name that speaks of roles, external
   ids, endpoints or secrets always finds its nearest among those. */
enum setting_id suggest_key(struct span name, struct span *spelling);

#endif
