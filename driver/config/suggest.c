/* Edit distance over the key table. A misspelt key that matters must never pass as merely unknown,
   so words that matter widen the search. */
#include "config/suggest.h"

#include <string.h>

enum { COMPARED_MAX = 64 };

/* Lower case, letters and digits only: separators are the commonest difference. */
struct folded {
    char at[COMPARED_MAX];
    unsigned len;
};

static struct folded fold(struct span name)
{
    struct folded out = { .len = 0 };

    for (size_t i = 0; i < name.len && out.len < COMPARED_MAX; i++) {
        if (ascii_is_letter(name.at[i]) || ascii_is_digit(name.at[i])) {
            out.at[out.len++] = ascii_lower(name.at[i]);
        }
    }
    return out;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. */
static unsigned distance(const struct folded *a, const struct folded *b)
{
    unsigned before[COMPARED_MAX + 1] = { 0 }, last[COMPARED_MAX + 1], row[COMPARED_MAX + 1];

    for (unsigned j = 0; j <= b->len; j++) {
        last[j] = j;
    }
    for (unsigned i = 1; i <= a->len; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= b->len; j++) {
            unsigned replace = last[j - 1] + (a->at[i - 1] == b->at[j - 1] ? 0 : 1);

            row[j] = least(least(last[j] + 1, row[j - 1] + 1), replace);
            if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        memcpy(before, last, sizeof(before));
        memcpy(last, row, sizeof(last));
    }
    return last[b->len];
}

static bool holds(const struct folded *name, const char *word)
{
    struct span s = { name->at, name->len };

    return span_find(s, span_of(word)) < s.len;
}

/* Words no key may carry in vain, and which keys they speak of. */
static unsigned flags_of_words(const struct folded *name)
{
    static const struct {
        const char *word;
        unsigned flags;
    } words[] = {
        { "role", KEYWORD_ROLE },
        { "assume", KEYWORD_ROLE },
        { "externalid", KEYWORD_EXACT | KEYWORD_SECRET },
        { "endpoint", KEYWORD_ENDPOINT },
        { "secret", KEYWORD_CREDENTIAL },
        { "password", KEYWORD_CREDENTIAL },
        { "accesskey", KEYWORD_CREDENTIAL },
        { "readonly", KEYWORD_GUARD },
        { "scopedown", KEYWORD_GUARD },
        { "sessionpolicy", KEYWORD_GUARD },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (holds(name, words[i].word)) {
            return words[i].flags;
        }
    }
    return 0;
}

struct nearest {
    enum setting_id id;
    unsigned distance;
    struct span spelling;
};

static void consider(struct nearest *best, enum setting_id id, struct span spelling,
                     const struct folded *name)
{
    struct folded other = fold(spelling);
    unsigned d = distance(name, &other);

    if (d < best->distance) {
        *best = (struct nearest){ id, d, spelling };
    }
}

/* Among the keys that have all of these flags. */
static struct nearest nearest_of(const struct folded *name, unsigned flags)
{
    struct nearest best = { SETTINGS_COUNT, COMPARED_MAX + 1, NO_SPAN };

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const struct keyword *k = keyword_of((enum setting_id)i);

        if ((k->flags & KEYWORD_MANAGER) != 0 || (k->flags & flags) != flags) {
            continue;
        }
        consider(&best, (enum setting_id)i, span_of(k->name), name);
        struct span rest = span_of(k->aliases);

        while (rest.len > 0) {
            consider(&best, (enum setting_id)i, span_next(&rest, '|'), name);
        }
    }
    return best;
}

enum setting_id suggest_key(struct span name, struct span *spelling)
{
    struct folded folded = fold(name);
    unsigned words = flags_of_words(&folded);

    if (folded.len < 2) {
        return SETTINGS_COUNT;
    }
    /* One slip from a key that matters is that key, whatever word it holds (AllowedRole). */
    struct nearest best = nearest_of(&folded, words != 0 ? KEYWORD_EXACT : 0);
    if (words != 0 && best.distance > 1) {
        best = nearest_of(&folded, words);
    }
    if (words == 0 && best.distance > (folded.len < 6 ? 1 : folded.len / 3)) {
        return SETTINGS_COUNT;
    }
    *spelling = best.spelling;
    return best.id;
}
