/* Parallel ranged reading of one object. The workers claim parts in order and fill free slots; the
   reader takes parts in order and frees slots. A connection that breaks is resumed where it broke,
   with If-Match, so that all bytes are of one version.

   One connection to S3 brings less than can be read, so that several are used. Where the first
   range shows that one brings more, one is enough: what it costs to be served by several is taken
   from who reads. Should it be too few after all, the reader calls for another. */
#include "rows/ranges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/worker.h"

enum {
    FIRST_BYTES = 1024 * 1024,
    PART_BYTES_MIN = 64 * 1024,
    MEMORY_FOR_ASKED_PARTS = 256 * 1024 * 1024, /* for parts whose size was asked for */
    WORKERS_MAX = 4,
    SPARE_SLOTS = 2,
    SLOTS_MAX = WORKERS_MAX + SPARE_SLOTS,
    FIRST_NEAR_MS = 4, /* the first range comes as soon as this where one connection is enough */
    LATE_MS = 20,      /* a part this late calls for another worker */
    TRIES_WITHOUT_PROGRESS = 3,
    ERROR_BYTES = 64 * 1024, /* room for an answer that is no part of the object */
    LOOK_MS = 50, /* how soon a cancel from outside is seen while waiting for a part */
};

/* How many connections to begin with, and how the memory is shared out. */
struct share {
    unsigned workers, slots;
    size_t part_bytes_max;
};
static const struct share far_share = { WORKERS_MAX, SLOTS_MAX, 4 * 1024 * 1024 };
static const struct share near_share = { 1, 3, 8 * 1024 * 1024 };

enum slot_state { SLOT_FREE, SLOT_LOADING, SLOT_READY, SLOT_OUT };

struct slot {
    enum slot_state state;
    uint64_t index;  /* of the part; 0 is the one fetched at the start */
    char *bytes;
    size_t len;
};

struct ranges {
    struct aws_client *client;
    char bucket[256], expected_owner[16], etag[96];
    char *key;
    bool requester_pays;
    struct wake *outer_cancel;   /* the statement's; may be NULL */
    size_t part_bytes, first_bytes;
    unsigned workers_max;        /* more are not started later, either */
    uint64_t total, n_parts;
    struct slot first;
    struct lock lock;            /* guards all below */
    struct wake room, ready, stop;
    struct slot slots[SLOTS_MAX];
    unsigned n_slots, n_workers;
    struct worker workers[WORKERS_MAX];
    uint64_t to_claim, to_deliver;
    bool is_stopping, has_failed;
    struct fault fault;
};

/* ---- one part ---- */

/* Bytes [from, from + room) of the object on their way into memory; len of them are there. */
struct receiver {
    char *to;
    uint64_t from;
    size_t len, room;
};

static bool receive(void *context, struct span bytes, struct fault *f)
{
    struct receiver *r = context;

    if (bytes.len > r->room - r->len) {
        return fault_set(f, FAULT_PROTOCOL,
                         "S3 sent more bytes than the range that was asked for.");
    }
    memcpy(r->to + r->len, bytes.at, bytes.len);
    r->len += bytes.len;
    return true;
}

static bool is_broken_connection(const struct fault *f)
{
    return f->kind == FAULT_NETWORK || f->kind == FAULT_SERVICE;
}

static struct s3_get get_of(const struct ranges *r, struct receiver *receiver, uint64_t from,
                            uint64_t to)
{
    return (struct s3_get){ .bucket = span_of(r->bucket), .key = span_of(r->key), .from = from,
                            .to = to,
                            .if_match = r->etag[0] == '\0' ? NO_SPAN : span_of(r->etag),
                            .expected_owner = r->expected_owner[0] == '\0' ? NO_SPAN
                            : span_of(r->expected_owner),
                            .requester_pays = r->requester_pays, .sink = receive,
                            .sink_context = receiver,
                            .body_bytes_max = (size_t)(to - from) + ERROR_BYTES };
}

/* Fetches what is missing, resuming as often as there is progress. */
static bool fetch(struct ranges *r, struct receiver *receiver, const struct aws_bounds *bounds,
                  struct fault *f)
{
    unsigned tries = 0;

    while (receiver->len < receiver->room) {
        size_t before = receiver->len;
        struct s3_object object = { .status = 0 };
        struct s3_get get = get_of(r, receiver, receiver->from + before,
                                   receiver->from + receiver->room - 1);
        bool ok = aws_s3_get(r->client, &get, bounds, &object, f);
        buf_free(&object.body);
        if (ok && receiver->len < receiver->room) {
            ok = fault_set(f, FAULT_NETWORK, "S3 closed the connection early.");
        }
        tries = receiver->len > before ? 0 : tries + 1;
        if (!ok && (!is_broken_connection(f) || tries >= TRIES_WITHOUT_PROGRESS)) {
            return false;
        }
    }
    return true;
}

/* ---- workers ---- */

static uint64_t part_from(const struct ranges *r, uint64_t index)
{
    return index == 0 ? 0 : r->first_bytes + (index - 1) * r->part_bytes;
}

static size_t part_len(const struct ranges *r, uint64_t index)
{
    uint64_t from = part_from(r, index);
    uint64_t most = index == 0 ? r->first_bytes : r->part_bytes;

    return (size_t)(r->total - from < most ? r->total - from : most);
}

/* A free slot for the next part, marked as loading; NULL when there is none at the moment. The lock
   is held. */
static struct slot *claim(struct ranges *r)
{
    for (unsigned i = 0; i < r->n_slots && r->to_claim < r->n_parts; i++) {
        if (r->slots[i].state == SLOT_FREE) {
            r->slots[i].state = SLOT_LOADING;
            r->slots[i].index = r->to_claim++;
            return &r->slots[i];
        }
    }
    return NULL;
}

static void load(struct ranges *r, struct slot *slot)
{
    struct receiver receiver = { slot->bytes, part_from(r, slot->index), 0,
                                 part_len(r, slot->index) };
    struct aws_bounds bounds = { .cancel = &r->stop };
    struct fault f = { .kind = FAULT_NONE };
    bool ok = fetch(r, &receiver, &bounds, &f);

    lock_take(&r->lock);
    slot->len = receiver.len;
    slot->state = SLOT_READY;
    if (!ok && !r->has_failed) {
        r->has_failed = true;
        r->fault = f;
        r->is_stopping = true;
        wake_raise(&r->room);
    }
    wake_raise(&r->ready);
    lock_give(&r->lock);
}

static void work(void *context)
{
    struct ranges *r = context;

    lock_take(&r->lock);
    while (!r->is_stopping && r->to_claim < r->n_parts) {
        struct slot *slot = claim(r);
        if (slot == NULL) {
            wake_lower(&r->room);
        }
        lock_give(&r->lock);
        if (slot != NULL) {
            load(r, slot);
        } else {
            wake_wait(&r->room, INT64_C(3600) * 1000);
        }
        lock_take(&r->lock);
    }
    lock_give(&r->lock);
}

static bool start_worker(struct ranges *r, struct fault *f)
{
    bool ok = worker_start(&r->workers[r->n_workers], work, r, f);

    r->n_workers += ok;
    return ok;
}

/* Buffers first, then threads; with fewer threads than hoped for it still works, with none it
   cannot. */
static bool start_workers(struct ranges *r, const struct share *share, struct fault *f)
{
    uint64_t n_rest = r->n_parts - 1;
    unsigned most = r->workers_max > 1 ? share->slots : r->workers_max + SPARE_SLOTS;
    unsigned n_slots = n_rest < most ? (unsigned)n_rest : most;
    unsigned wanted = share->workers < r->workers_max ? share->workers : r->workers_max;

    for (r->n_slots = 0; r->n_slots < n_slots; r->n_slots++) {
        r->slots[r->n_slots].bytes = malloc(r->part_bytes);
        if (r->slots[r->n_slots].bytes == NULL) {
            return fault_memory(f);
        }
    }
    while (r->n_workers < wanted && start_worker(r, f)) {
        continue;
    }
    return r->n_workers > 0;
}

/* ---- the object ---- */

static size_t within(size_t bytes, size_t low, size_t high)
{
    return bytes < low ? low : bytes > high ? high : bytes;
}

static size_t part_bytes_of(const struct range_settings *settings, const struct share *share)
{
    size_t memory = settings->memory_bytes, most = share->part_bytes_max;

    if (settings->part_bytes == 0) {
        return within(memory == 0 ? most : memory / share->slots, PART_BYTES_MIN, most);
    }
    most = (memory == 0 ? MEMORY_FOR_ASKED_PARTS : memory) / share->slots;
    return within(settings->part_bytes, PART_BYTES_MIN,
                  most < PART_BYTES_MIN ? PART_BYTES_MIN : most);
}

/* One request from the start of the object on. */
static bool first_range(struct ranges *r, struct receiver *receiver,
                        const struct aws_bounds *bounds, struct s3_object *object,
                        struct fault *f)
{
    struct s3_get get = get_of(r, receiver, 0, receiver->room - 1);
    bool ok = aws_s3_get(r->client, &get, bounds, object, f);

    buf_free(&object->body);
    return ok;
}

/* How many parts there are once the first range has told how long the object is. */
static void count_parts(struct ranges *r)
{
    uint64_t rest = r->total > r->first_bytes ? r->total - r->first_bytes : 0;

    r->n_parts = (r->total > 0) + (rest + r->part_bytes - 1) / r->part_bytes;
    r->first.len = rest > 0 ? r->first_bytes : (size_t)r->total;
    r->to_claim = 1;
}

/* The first range tells how long the object is and which version of it is read; *ms: how long it
   took. */
static bool open_object(struct ranges *r, const struct range_settings *settings, int64_t *ms,
                        struct fault *f)
{
    struct receiver receiver = { r->first.bytes, 0, 0, r->first_bytes };
    struct s3_object object = { .status = 0 };
    const struct clock *clock = clock_system();
    int64_t began = clock->steady_ms(clock);

    bool ok = first_range(r, &receiver, settings->bounds, &object, f);
    *ms = clock->steady_ms(clock) - began;
    if (!ok && receiver.len > 0 && is_broken_connection(f)) {
        /* An answer that broke off is not told its length by S3's headers: once more, for as much
           as did arrive. */
        receiver = (struct receiver){ r->first.bytes, 0, 0, receiver.len };
        ok = first_range(r, &receiver, settings->bounds, &object, f);
    }
    if (!ok) {
        return false;
    }
    memcpy(r->etag, object.etag, sizeof(r->etag));
    r->total = object.status == 416 ? 0 : object.total_bytes > receiver.len ? object.total_bytes
        : receiver.len;
    receiver.room = r->total < r->first_bytes ? (size_t)r->total : r->first_bytes;
    return fetch(r, &receiver, settings->bounds, f);
}

/* The first part, then what fetches the others. */
static bool begin(struct ranges *r, const struct range_settings *settings, struct fault *f)
{
    int64_t ms = 0;

    if (!open_object(r, settings, &ms, f)) {
        return false;
    }
    const struct share *share = ms <= FIRST_NEAR_MS ? &near_share : &far_share;
    r->part_bytes = part_bytes_of(settings, share);
    count_parts(r);
    return r->n_parts <= 1 || start_workers(r, share, f);
}

bool ranges_open(const struct range_settings *settings, struct ranges **out, struct fault *f)
{
    struct ranges *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        return fault_memory(f);
    }
    lock_init(&r->lock);
    wake_init(&r->room);
    wake_init(&r->ready);
    wake_init(&r->stop);
    r->client = settings->client;
    span_to_c(settings->bucket, r->bucket, sizeof(r->bucket));
    span_to_c(settings->expected_owner, r->expected_owner, sizeof(r->expected_owner));
    r->requester_pays = settings->requester_pays;
    r->outer_cancel = settings->bounds == NULL ? NULL : settings->bounds->cancel;
    r->first_bytes = settings->part_bytes == 0 ? FIRST_BYTES
        : within(part_bytes_of(settings, &far_share), PART_BYTES_MIN, FIRST_BYTES);
    r->workers_max = settings->one_connection ? 1 : WORKERS_MAX;
    r->key = strndup(settings->key.at, settings->key.len);
    r->first.bytes = malloc(r->first_bytes);
    bool ok = (r->key != NULL && r->first.bytes != NULL) || fault_memory(f);
    if (!ok || !begin(r, settings, f)) {
        ranges_close(r);
        return false;
    }
    *out = r;
    return true;
}

uint64_t ranges_total(const struct ranges *r)
{
    return r->total;
}

/* Marks the part that is due as handed out; NULL while it is still on its way. The lock is held. */
static struct slot *due(struct ranges *r)
{
    for (unsigned i = 0; i < r->n_slots; i++) {
        if (r->slots[i].state == SLOT_READY && r->slots[i].index == r->to_deliver) {
            return &r->slots[i];
        }
    }
    return NULL;
}

static void stop(struct ranges *r)
{
    lock_take(&r->lock);
    r->is_stopping = true;
    wake_raise(&r->stop);
    wake_raise(&r->room);
    lock_give(&r->lock);
}

/* Whether the part that is due is there (*out), or will never come (*out is NULL). A part that was
   complete before another one failed is still delivered. The lock is held. */
static bool is_settled(struct ranges *r, struct slot **out)
{
    struct slot *slot = due(r);
    bool is_whole = slot != NULL && slot->len == part_len(r, slot->index);

    *out = is_whole ? slot : NULL;
    return is_whole || (r->has_failed && (slot != NULL || r->to_deliver >= r->to_claim));
}

/* Waits a while; a reader who waits long could be served by more workers. */
static void wait_for_part(struct ranges *r)
{
    struct fault ignored = { .kind = FAULT_NONE };
    bool may_grow = r->n_workers < r->workers_max;

    if (!wake_wait(&r->ready, may_grow ? LATE_MS : LOOK_MS) && may_grow &&
        !start_worker(r, &ignored)) {
        r->workers_max = r->n_workers;
    }
}

static enum range_step await(struct ranges *r, struct part *out, struct fault *f)
{
    for (;;) {
        struct slot *slot = NULL;
        lock_take(&r->lock);
        bool is_over = is_settled(r, &slot);
        if (slot != NULL) {
            slot->state = SLOT_OUT;
            r->to_deliver++;
            *out = (struct part){ slot->bytes, slot->len, part_from(r, slot->index) };
        } else if (is_over) {
            *f = r->fault;
        }
        wake_lower(&r->ready);
        lock_give(&r->lock);
        if (is_over) {
            return slot != NULL ? RANGE_PART : RANGE_FAULT;
        }
        if (r->outer_cancel != NULL && wake_is_raised(r->outer_cancel)) {
            stop(r);
            fault_set(f, FAULT_CANCELLED, "Reading the result was cancelled.");
            return RANGE_FAULT;
        }
        wait_for_part(r);
    }
}

enum range_step ranges_next(struct ranges *r, struct part *out, struct fault *f)
{
    if (r->to_deliver >= r->n_parts) {
        return RANGE_END;
    }
    if (r->to_deliver == 0) {
        r->to_deliver = 1;
        *out = (struct part){ r->first.bytes, r->first.len, 0 };
        return RANGE_PART;
    }
    return await(r, out, f);
}

bool ranges_is_ready(struct ranges *r)
{
    if (r->to_deliver == 0 || r->to_deliver >= r->n_parts) {
        return true;
    }
    struct slot *slot = NULL;
    lock_take(&r->lock);
    bool is_ready = is_settled(r, &slot);
    lock_give(&r->lock);
    return is_ready || (r->outer_cancel != NULL && wake_is_raised(r->outer_cancel));
}

void ranges_release(struct ranges *r, const struct part *part)
{
    if (part->at == r->first.bytes) {
        free(r->first.bytes);
        r->first.bytes = NULL;
        return;
    }
    lock_take(&r->lock);
    for (unsigned i = 0; i < r->n_slots; i++) {
        if (r->slots[i].bytes == part->at) {
            r->slots[i].state = SLOT_FREE;
        }
    }
    wake_raise(&r->room);
    lock_give(&r->lock);
}

void ranges_close(struct ranges *r)
{
    if (r == NULL) {
        return;
    }
    stop(r);
    for (unsigned i = 0; i < r->n_workers; i++) {
        worker_join(&r->workers[i]);
    }
    for (unsigned i = 0; i < SLOTS_MAX; i++) {
        free(r->slots[i].bytes);
    }
    free(r->first.bytes);
    free(r->key);
    wake_done(&r->room);
    wake_done(&r->ready);
    wake_done(&r->stop);
    lock_done(&r->lock);
    free(r);
}
