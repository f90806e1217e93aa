/* SQLGetData in pieces: character and binary data continue where the last call stopped. A piece
   costs its own length: what is left is counted once, at the first call. */
#include <string.h>

#include "value/waist.h"

/* One call's worth of arguments. */
struct piece_call {
    const struct value_plan *p;
    struct value_piece *piece;
    unsigned char *data;
    size_t room;
    SQLLEN *length;
};

static enum value_outcome settle(struct piece_call *c, size_t source, size_t written)
{
    c->piece->at += source;
    c->piece->left -= written < c->piece->left ? written : c->piece->left;
    c->piece->is_done = c->piece->left == 0;
    return c->piece->is_done ? VALUE_OK : VALUE_TRUNCATED;
}

static enum value_outcome piece_char(struct piece_call *c, struct span rest)
{
    if (c->room == 0) {
        return VALUE_TRUNCATED;
    }
    size_t n = rest.len < c->room - 1 ? rest.len : c->room - 1;
    memcpy(c->data, rest.at, n);
    c->data[n] = '\0';
    return settle(c, n, n);
}

static enum value_outcome piece_binary(struct piece_call *c, struct span rest)
{
    size_t n = rest.len < c->room ? rest.len : c->room;

    memcpy(c->data, rest.at, n);
    return settle(c, n, n);
}

/* A pair that does not fit into a buffer of one unit: the first half, and the second is remembered.
   */
static size_t first_half(struct piece_call *c, struct span rest, size_t *used)
{
    uint16_t halves[2];
    size_t n = utf8_to_wide(rest, halves, 2, WIDE_UTF16, used);

    if (n < 2) {
        return 0;
    }
    memcpy(c->data, &halves[0], sizeof(halves[0]));
    c->piece->low_half = halves[1];
    return 1;
}

static enum value_outcome piece_wide(struct piece_call *c, struct span rest)
{
    size_t unit = (size_t)c->p->wide_unit;
    size_t capacity = c->room / unit;
    size_t units = 0, used = 0;

    if (capacity == 0) {
        return VALUE_TRUNCATED;
    }
    capacity--;
    if (c->piece->low_half != 0 && capacity > 0) {
        memcpy(c->data, &c->piece->low_half, sizeof(c->piece->low_half));
        c->piece->low_half = 0;
        c->data += unit;
        capacity--;
        c->piece->left -= unit;
    }
    units = text_widen(rest, c->data, capacity, c->p->wide_unit, &used);
    if (units == 0 && capacity == 1 && rest.len > 0 && unit == WIDE_UTF16) {
        units = first_half(c, rest, &used);
        used = units == 0 ? 0 : 4;
    }
    text_terminate(c->data + units * unit, c->p->wide_unit);
    return settle(c, used, units * unit);
}

static enum value_outcome piece_hex_binary(struct piece_call *c, struct span cell)
{
    size_t n = c->piece->left < c->room ? c->piece->left : c->room;

    for (size_t i = 0; i < n; i++) {
        int byte = hex_at(cell, c->piece->at + i);
        if (byte < 0) {
            return VALUE_BAD_TEXT;
        }
        c->data[i] = (unsigned char)byte;
    }
    return settle(c, n, n);
}

static enum value_outcome piece_hex_text(struct piece_call *c, struct span cell)
{
    size_t unit = c->piece->c_type == SQL_C_WCHAR ? (size_t)c->p->wide_unit : 1;
    size_t capacity = c->room / unit;
    size_t n_left = hex_count(cell) - c->piece->at;
    SQLLEN ignored = 0;

    if (capacity == 0) {
        return VALUE_TRUNCATED;
    }
    size_t n = (capacity - 1) / 2;
    n = n_left < n ? n_left : n;
    struct span part = n == 0 ? SPAN("") : span_part(cell, 3 * c->piece->at, 3 * n - 1);
    enum value_outcome outcome = unit == 1 ? store_hex_char(c->p, part, c->data, (SQLLEN)c->room,
                                                            &ignored)
                                           : store_hex_wide(c->p, part, c->data, (SQLLEN)c->room,
                                                            &ignored);
    return outcome == VALUE_OK ? settle(c, n, 2 * n * unit) : outcome;
}

/* What is to be handed out in all; the first call refuses where the standard forbids to cut. */
static enum value_outcome begin(struct piece_call *c, struct span cell, struct span text,
                                size_t keep)
{
    struct value_piece *piece = c->piece;
    bool is_wide = piece->c_type == SQL_C_WCHAR;
    size_t unit = is_wide ? (size_t)c->p->wide_unit : 1;

    if (c->p->family == FAMILY_BINARY) {
        if (cell.len % 3 != 2 && cell.len != 0) {
            return VALUE_BAD_TEXT;
        }
        piece->left = hex_count(cell) * (piece->c_type == SQL_C_BINARY ? 1 : 2 * unit);
    } else {
        if (piece->c_type != SQL_C_BINARY && c->data != NULL && keep > 0
            && keep >= c->room / unit) {
            return VALUE_RANGE;
        }
        piece->left = is_wide ? text_units(text, c->p->wide_unit) * unit : text.len;
    }
    piece->is_started = true;
    return VALUE_OK;
}

static enum value_outcome continue_piece(struct piece_call *c, struct span cell)
{
    char small[CELL_TEXT_SMALL];
    struct span text = cell;
    size_t keep = 0;
    enum value_outcome outcome = VALUE_OK;

    if (c->p->family != FAMILY_BINARY) {
        outcome = cell_text(c->p, cell, small, &text, &keep);
    }
    if (outcome == VALUE_OK && !c->piece->is_started) {
        outcome = begin(c, cell, text, keep);
    }
    if (outcome != VALUE_OK) {
        return outcome;
    }
    if (c->length != NULL) {
        *c->length = (SQLLEN)c->piece->left;
    }
    if (c->data == NULL) {
        return VALUE_OK;
    }
    if (c->p->family == FAMILY_BINARY) {
        return c->piece->c_type == SQL_C_BINARY ? piece_hex_binary(c, cell)
            : piece_hex_text(c, cell);
    }
    struct span rest = span_from(text, c->piece->at);
    return c->piece->c_type == SQL_C_CHAR     ? piece_char(c, rest)
           : c->piece->c_type == SQL_C_BINARY ? piece_binary(c, rest)
                                              : piece_wide(c, rest);
}

static bool is_stored(enum value_outcome outcome)
{
    return outcome == VALUE_OK || outcome == VALUE_NULL || outcome == VALUE_FRACTION_LOST;
}

enum value_outcome value_store_piece(const struct value_plan *p, struct span cell,
                                     struct value_piece *piece, void *data,
                                     SQLLEN room_bytes, SQLLEN *length, SQLLEN *indicator)
{
    if (piece->c_type != p->c_type) {
        *piece = (struct value_piece){ .c_type = p->c_type };
    }
    if (piece->is_done) {
        return VALUE_NO_DATA;
    }
    bool is_text = p->c_type == SQL_C_CHAR || p->c_type == SQL_C_WCHAR;
    bool is_binary = p->c_type == SQL_C_BINARY && (p->family == FAMILY_TEXT
                                                   || p->family == FAMILY_BINARY);
    if (span_is_null(cell) || !(is_text || is_binary)) {
        enum value_outcome outcome = value_store(p, cell, data, room_bytes, length, indicator);
        piece->is_done = is_stored(outcome);
        return outcome;
    }
    struct piece_call call = { p, piece, data, room_bytes > 0 ? (size_t)room_bytes : 0, length };
    return continue_piece(&call, value_limit(p, cell));
}
