/* Runs connection_strings.txt: each line is loaded in a small world of data sources; its second
   column says what must come out. */
#include "cases.h"

#include "unit/config/config_world.h"

static const char system_ini[] =
    "[plain]\nDriver=athena\nAwsRegion=eu-central-1\nSchema=sales\n"
    "[hub]\nDriver=athena\nAwsRegion=eu-west-1\nWorkgroup=bi\nRunAsRole=arn:aws:iam::111111111111:"
    "role/RoleA\n"
    "ConsumerAccountRoleArn=arn:aws:iam::222222222222:role/path/"
    "RoleB\nExternalId=ext-1\nRoleSessionName={user}\n"
    "[open]\nDriver=athena\nLockedKeys=none\nRunAsRole=arn:aws:iam::111111111111:role/RoleA\n"
    "[keys]\nDriver=athena\nUID=AKIDSTORED\nPWD=stored-secret\n"
    "[shared]\nDriver=athena\nSchema=of-the-system\n"
    "[pinned]\nDriver=athena\nAllowEndpointOverride=1\nAllowInsecureLoopback=1\nUID="
    "AKIDSTORED\nPWD=stored-secret\n"
    "[lab]\nDriver=athena\nAllowInsecureLoopback=1\nEndpointOverride=http://127.0.0.1:8080\n"
    "[locked]\nDriver=athena\nLockedKeys=Schema, Catalog\nSchema=sales\n"
    "[noisy]\nDriver=athena\nLogPath=/var/log/athena.log\nAuditLog=/var/log/"
    "athena-audit.log\nColour=red\n"
    "[governed]\nDriver=governed\nRunAsRole=arn:aws:iam::111111111111:role/RoleA\n"
    "[misspelt]\nDriver=athena\nRunAsRoel=arn:aws:iam::111111111111:role/RoleA\n";
static const char user_ini[] = "[mine]\nDriver=athena\nSchema=mine\n"
                               "[shared]\nDriver=athena\nSchema=of-the-user\n"
                               "[minelog]\nDriver=athena\nLogPath=/tmp/mine.log\n"
                               "[mineaudit]\nDriver=athena\nAuditLog=/tmp/mine.log\n"
                               "[minegoverned]\nDriver=governed\nSchema=mine\n"
                               "[minelocked]\nDriver=governed\nWorkgroup=mine\n"
    "[minewrites]\nDriver=governed\nReadOnly=0\n"
    "[minestrict]\nDriver=strict\nSchema=mine\n";
static const char driver_ini[] =
    "[athena]\nDriver=/nowhere/libathenaodbc.so\n"
    "[governed]\nDriver=/nowhere/libathenaodbc.so\nAllowedRoles=arn:aws:iam::111111111111:role/*, "
    "arn:aws:iam::*:role/athena-odbc/*\n"
    "AllowedEndpoints=https://*.vpce.amazonaws.com\nLockedKeys=Workgroup\nReadOnly=1\n"
    "[strict]\nDriver=/nowhere/libathenaodbc.so\nRequireSystemDSN=1\n";

static const char *const origins[] = { "default", "driver", "system", "user", "string", "call" };

/* "Key=value" or "Key@origin", or "Key unset". */
static bool holds(const struct settings *s, struct span claim)
{
    size_t equals = span_find_byte(claim, '='), at = span_find_byte(claim, '@');
    size_t cut = equals < at ? equals : at < claim.len ? at : span_find_byte(claim, ' ');
    enum setting_id id = SETTING_DRIVER;

    while (id < SETTINGS_COUNT &&
           !span_equal(span_of(setting_name(id)), span_part(claim, 0, cut))) {
        id++;
    }
    if (id == SETTINGS_COUNT) {
        return false;
    }
    if (equals < at) {
        return !span_is_null(s->at[id].text) &&
               span_equal(s->at[id].text, span_from(claim, equals + 1));
    }
    return at < claim.len ? span_equal(span_of(origins[s->at[id].origin]), span_from(claim, at + 1))
                          : span_is_null(s->at[id].text);
}

static bool is_warned(const struct notices *n, struct span words)
{
    for (unsigned i = 0; i < n->n; i++) {
        struct span text = span_of(n->at[i].text);

        if (span_find(text, words) < text.len) {
            return true;
        }
    }
    return false;
}

/* Every claim must hold, and there may be no notice that no claim speaks of. */
static bool all_hold(const struct settings *s, const struct notices *n, struct span claims)
{
    unsigned n_warned = 0;

    while (!span_is_null(claims)) {
        size_t end = span_find(claims, SPAN("; "));
        struct span claim = span_trim(span_part(claims, 0, end));

        claims = end < claims.len ? span_from(claims, end + 2) : NO_SPAN;
        if (span_starts(claim, SPAN("warned: "))) {
            n_warned++;
            if (!is_warned(n, span_from(claim, 8))) {
                return false;
            }
        } else if (claim.len > 0 && !span_equal(claim, SPAN("ok")) && !holds(s, claim)) {
            return false;
        }
    }
    return n_warned == n->n;
}

static void run(struct case_file *c, const struct case_line *l)
{
    static struct settings s;
    static struct notices notices;
    static struct fault f;
    char *given = malloc(l->column[0].len + 1);
    char string[4096], got[2048];
    struct span want = l->column[1];

    span_to_c(case_bytes(l->column[0], given), string, sizeof(string));
    bool ok = world_load(string, &s, &notices, &f);

    snprintf(got, sizeof(got), "%s%s", ok ? "loaded; notices: " : "refused: ",
             ok ? (notices.n > 0 ? notices.at[0].text : "none") : f.text);
    if (span_starts(want, SPAN("refused: "))) {
        case_verdict(c, l,
                     !ok && f.kind == FAULT_SETTING &&
                         span_find(span_of(f.text), span_from(want, 9)) < strlen(f.text),
                     span_of(got));
    } else {
        case_verdict(c, l, ok && all_hold(&s, &notices, want), span_of(got));
    }
    settings_free(&s);
    free(given);
}

int main(void)
{
    world_open(system_ini, user_ini, driver_ini);
    int result = case_run("connection_strings", run);

    world_close();
    return result;
}
