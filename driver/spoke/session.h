/* The names a session carries into CloudTrail: templates filled in. */
#ifndef SPOKE_SESSION_H
#define SPOKE_SESSION_H

#include "config/settings.h"

/* Replaces {user} (the account of the effective user id), {app}, {host} and {dsn}. Cut to room.
   Unknown names stay as they are. */
void session_expand(const struct settings *s, struct span pattern, char *to, size_t room);
/* The whole thing for RoleSessionName and SourceIdentity: expanded, other characters replaced, cut
   to 64. */
void session_name(const struct settings *s, struct span pattern, char to[72]);

#endif
