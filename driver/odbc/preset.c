/* Declared sizes: the key if it is set, else the preset's row. */
#include "odbc/preset.h"

#include "config/preset.h"

void preset_options(const struct settings *s, const char *process, struct value_options *out)
{
    const struct preset *p = preset_chosen(s, process);
    bool is_wide_set = !span_is_null(settings_text(s, SETTING_USE_WCHAR_FOR_STRING_TYPES));

    out->string_length = (uint32_t)settings_int(s, SETTING_STRING_COLUMN_LENGTH, p->string);
    out->complex_length = (uint32_t)settings_int(s, SETTING_COMPLEX_TYPE_COLUMN_LENGTH, p->complex);
    out->binary_length = (uint32_t)settings_int(s, SETTING_BINARY_COLUMN_LENGTH, p->binary);
    out->wide_strings =
        is_wide_set ? settings_flag(s, SETTING_USE_WCHAR_FOR_STRING_TYPES) : p->is_wide;
    out->timestamp_tz_as_text = span_equal_nocase(settings_text(s, SETTING_TIMESTAMP_TZ_AS),
                                                  SPAN("text"));
    out->boolean_as_text = span_equal_nocase(settings_text(s, SETTING_BOOLEAN_AS), SPAN("text"));
    out->interval_as_text = span_equal_nocase(settings_text(s, SETTING_INTERVAL_AS), SPAN("text"));
    span_to_c(settings_text(s, SETTING_TIME_ZONE), out->zone, sizeof(out->zone));
}
