/* A connection string and a DSN, typed. The table keyword.def is the single source of names,
   aliases, kinds, defaults, secrets and help. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"

enum setting_id {
#define KEYWORD(id, name, aliases, kind, otherwise, flags, help) SETTING_##id,
#include "config/keyword.def"
#undef KEYWORD
    SETTINGS_COUNT
};

enum setting_origin {
    ORIGIN_DEFAULT,
    ORIGIN_DRIVER, /* odbcinst.ini */
    ORIGIN_SYSTEM_DSN,
    ORIGIN_USER_DSN,
    ORIGIN_STRING,
    ORIGIN_CALL /* SQLConnect */
};

/* Owns its texts; secrets are wiped by settings_free. */
struct settings {
    struct arena arena; /* secret */
    struct {
        struct span text; /* NO_SPAN = not set and no default; an empty value is not set */
        enum setting_origin origin;
    } at[SETTINGS_COUNT];
    char dsn[256]; /* the data source's name, or "" */
};

/* What SQLConnect / SQLDriverConnect handed in; borrowed. */
struct settings_input {
    struct span connection_string;   /* NO_SPAN for SQLConnect */
    struct span dsn, user, password; /* SQLConnect's arguments */
    /* An address inside the driver manager, to find the right installer library; may be NULL. */
    const void *manager_symbol;
};

/* String over DSN over defaults; governance (who may change what); local validation of every field.
   On failure nothing was sent and the fault names key, rule and nearest right spelling. notices
   gets unknown keys and clamped values. */
MUST_USE bool settings_load(struct settings *s, const struct settings_input *in,
                            struct notices *notices, struct fault *f);
void settings_free(struct settings *s);

/* NO_SPAN when not set. */
static inline struct span settings_text(const struct settings *s, enum setting_id id)
{
    return s->at[id].text;
}
/* Typed: the value passed validation, so these cannot fail; unset gives the given default. */
int64_t settings_int(const struct settings *s, enum setting_id id, int64_t otherwise);
bool settings_flag(const struct settings *s, enum setting_id id);
const char *setting_name(enum setting_id id);
bool setting_is_secret(enum setting_id id);

/* The completed connection string: what the caller gave and nothing read from the DSN.
   Appended to out. */
MUST_USE bool settings_completed(const struct settings *s, const struct settings_input *in,
                                 struct buf *out, struct fault *f);

#endif
