/* Patterns of catalog functions: % for any text, _ for one character, a backslash before a
   character that means itself. */
#include "base/utf.h"
#include "sql/sql.h"

/* One character of the pattern, escapes resolved. */
struct piece {
    uint32_t character;
    bool is_any, is_one; /* % and _ */
    size_t next;
};

static struct piece piece_at(struct span pattern, size_t at)
{
    struct piece p = { .next = at };

    p.character = utf8_next(pattern, &p.next);
    if (p.character == '\\' && p.next < pattern.len) {
        p.character = utf8_next(pattern, &p.next);
        return p;
    }
    p.is_any = p.character == '%';
    p.is_one = p.character == '_';
    return p;
}

static uint32_t folded(uint32_t c, bool nocase)
{
    return nocase && c < 0x80 ? (uint32_t)ascii_lower((char)c) : c;
}

bool sql_like(struct span pattern, struct span name, bool nocase)
{
    size_t p = 0, n = 0, behind_any = 0, retry = 0;
    bool has_any = false;

    while (n < name.len) {
        struct piece piece = { .is_any = false };
        size_t next = n;
        uint32_t c = utf8_next(name, &next);
        bool has_piece = p < pattern.len;

        if (has_piece) {
            piece = piece_at(pattern, p);
        }
        if (has_piece && piece.is_any) {
            has_any = true;
            behind_any = p = piece.next;
            retry = n;
        } else if (has_piece &&
                   (piece.is_one || folded(piece.character, nocase) == folded(c, nocase))) {
            p = piece.next;
            n = next;
        } else if (has_any) {
            (void)utf8_next(name, &retry);
            n = retry;
            p = behind_any;
        } else {
            return false;
        }
    }
    while (p < pattern.len) {
        struct piece piece = piece_at(pattern, p);

        if (!piece.is_any) {
            return false;
        }
        p = piece.next;
    }
    return true;
}
