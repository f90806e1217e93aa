/* What a value must look like, checked before anything is sent. */
#ifndef CONFIG_VALIDATE_H
#define CONFIG_VALIDATE_H

#include "config/keyword.h"

/* Checks one value by its key's kind and writes its normal form (a flag as 0 or 1, a choice as the
   table spells it, an address with its scheme) to *out; new text lives in the arena. The fault
   names key and rule, and the value unless it is secret. */
MUST_USE bool validate_value(enum setting_id id, struct span value, struct arena *arena,
                             struct span *out, struct fault *f);
/* Rules that span keys: what needs what, what excludes what. May replace values by the nearest that
   is possible, with a notice. */
MUST_USE bool validate_together(struct settings *s, struct notices *notices, struct fault *f);

/* Whether text matches a pattern in which `*` stands for any text, and never for the byte `fence`
   (0 = none). */
bool glob_matches(struct span pattern, struct span text, char fence);
/* The host of a normalised address. */
struct span address_host(struct span url);
bool address_is_loopback(struct span host);

/* The checks of address.c and validate_aws.c: NULL when the value is good, else the rule it
   breaks. */
const char *check_address_url(struct span value, bool *lacks_scheme);
const char *check_proxy_address(struct span value);
const char *check_role_arn(struct span value);
const char *check_policy_arns(struct span value);
const char *check_external_id(struct span value);
const char *check_session_name(struct span value);
const char *check_tags(struct span value);
const char *check_tag_keys(struct span value);

#endif
