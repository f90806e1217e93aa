/* The shared configuration and credentials files: the grammar that the AWS SDKs share, read into
   sections of properties. What the properties mean is said elsewhere (aws/profile_plan.h,
   aws/configured.h). */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include "aws/world.h"

enum profile_kind { PROFILE_NAMED, PROFILE_SSO_SESSION, PROFILE_SERVICES };
enum profile_file { PROFILE_CONFIG, PROFILE_CREDENTIALS };

struct profile_property;

struct profile_section {
    enum profile_kind kind;
    struct span name;
    struct profile_property *properties;
    struct profile_section *next;
    bool is_prefixed; /* written [profile NAME] */
};

/* Zeroed is empty. Everything lives in its (secret) arena. */
struct profile_set {
    struct arena arena;
    struct profile_section *sections;
    char config_path[WORLD_TEXT_MAX], credentials_path[WORLD_TEXT_MAX];
};

/* Adds the sections of one file; path is for messages. Parse the config file first: later values
   win. */
MUST_USE bool profile_parse(struct profile_set *set, enum profile_file file, const char *path,
                            struct span text, struct fault *f);
void profile_set_free(struct profile_set *set);

/* Where the files are and which profile is meant when nobody names one. */
MUST_USE bool profile_locate(const struct creds_world *w, struct profile_set *set, struct fault *f);
void profile_default_name(const struct creds_world *w, char *to, size_t room);
/* profile_locate, then both files; a missing file is an empty one. */
MUST_USE bool profile_load(const struct creds_world *w, struct profile_set *set, struct fault *f);

/* NULL when there is none. */
const struct profile_section *profile_find(const struct profile_set *set, enum profile_kind kind,
                                           struct span name);
/* NO_SPAN when absent; name in lower case. Lives as long as the set. */
struct span profile_get(const struct profile_section *section, const char *name);
/* A sub-property: "athena =" / "  endpoint_url = ...". */
struct span profile_get_nested(const struct profile_section *section, struct span name,
                               const char *sub);
bool profile_is_true(const struct profile_section *section, const char *name);
void profile_each(const struct profile_section *section,
                  void (*each)(struct span name, struct span value, void *context), void *context);

#endif
