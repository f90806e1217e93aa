/* What keyword.def says about a key, as data. Kinds say how a value is checked and written in its
   normal form; flags say who may set a key and what becomes of a misspelling. */
#ifndef CONFIG_KEYWORD_H
#define CONFIG_KEYWORD_H

#include "config/settings.h"

enum keyword_kind {
    KEYWORD_TEXT,          /* low..high bytes, no control characters */
    KEYWORD_FLAG,          /* becomes "1" or "0" */
    KEYWORD_INT,           /* low..high */
    KEYWORD_DECIMAL,       /* low..high, a fraction allowed */
    KEYWORD_DIGITS,        /* low..high digits */
    KEYWORD_CHOICE,        /* one of choices; other spellings of a choice behind `=` */
    KEYWORD_NAME,          /* letters, digits and . _ - */
    KEYWORD_REGION,
    KEYWORD_ACCOUNT,       /* twelve digits */
    KEYWORD_ROLE_ARN,
    KEYWORD_ROLE_PATTERNS, /* role ARNs with `*`, separated by commas */
    KEYWORD_POLICY_ARNS,   /* at most ten, separated by commas */
    KEYWORD_EXTERNAL_ID,
    KEYWORD_SESSION_NAME,  /* template */
    KEYWORD_TAGS,          /* name=value,... */
    KEYWORD_TAG_KEYS,      /* name,... */
    KEYWORD_POLICY,        /* JSON */
    KEYWORD_S3_URI,
    KEYWORD_URL,           /* https, or http on loopback; becomes a text with its scheme */
    KEYWORD_PROXY,         /* host or http(s)://host[:port] */
    KEYWORD_PATH,          /* absolute */
    KEYWORD_ZONE,          /* UTC, or an offset +hh:mm */
    KEYWORD_LIST           /* names separated by commas */
};

enum keyword_flag {
    KEYWORD_SECRET = 1,        /* never shown, wiped */
    KEYWORD_LOCKED = 2,        /* part of LockedKeys=*security */
    KEYWORD_EXACT = 4,         /* a misspelling of it fails the connect instead of warning */
    KEYWORD_IN_DSN = 8,        /* from a DSN or the driver's section, not from a string */
    KEYWORD_SYSTEM = 16,       /* from a system DSN or the driver's section only */
    KEYWORD_DRIVER_ONLY = 32,  /* from the driver's section only */
    KEYWORD_IN_DRIVER = 64,    /* may also stand in the driver's section (as the three above) */
    KEYWORD_ENDPOINT = 128,    /* leads requests elsewhere: endpoint, proxy, authorities */
    KEYWORD_MANAGER = 256,     /* belongs to a driver manager or installer */
    KEYWORD_ROLE = 512,        /* checked against AllowedRoles */
    KEYWORD_CREDENTIAL = 1024, /* base credentials */
    KEYWORD_GUARD = 2048       /* limits what may be done */
};

struct keyword {
    const char *name, *aliases; /* aliases separated by `|` */
    enum keyword_kind kind;
    int64_t low, high;
    const char *choices;
    const char *otherwise; /* "" = none */
    unsigned flags;
    const char *help;
};

/* The row of a key; lives for ever. */
const struct keyword *keyword_of(enum setting_id id);
/* Finds a key by name or alias, case apart; SETTINGS_COUNT when there is none. */
enum setting_id keyword_find(struct span name);
bool keyword_is(enum setting_id id, enum keyword_flag flag);

#endif
