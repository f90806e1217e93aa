/* From settings to how types are declared. */
#ifndef ODBC_PRESET_H
#define ODBC_PRESET_H

#include "config/settings.h"
#include "value/value.h"

/* process is the host program's name for Preset=auto; NULL asks the system. Only what settings
   decide is written: odbc2 and wide_unit stay as they are. */
void preset_options(const struct settings *s, const char *process, struct value_options *out);

#endif
