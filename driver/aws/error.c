/* Refusals: read from any form, judged for retrying, and put into words. */
#include "aws/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/xml.h"

enum { SKEW_TOLERATED_MS = 4 * 60 * 1000, ROUND_TRIP_MAX_MS = 15 * 60 * 1000,
       ERROR_BODY_MAX = 1024 * 1024 };

/* Reading */

/* "namespace#Code:http://..." -> "Code". */
static void keep_code(struct span raw, char *to, size_t room)
{
    struct span code = span_part(raw, 0, span_find_byte(raw, ':'));
    size_t hash = span_find_byte(code, '#');

    span_to_c(span_trim(hash < code.len ? span_from(code, hash + 1) : code), to, room);
}

static void keep_first(struct span a, struct span b, struct span c, char *to, size_t room)
{
    struct span chosen = !span_is_null(a) ? a : !span_is_null(b) ? b : c;
    if (!span_is_null(chosen) && to[0] == '\0') {
        span_to_c(chosen, to, room);
    }
}

static void read_tree(const struct xml_node *root, struct aws_error *out)
{
    /* below ErrorResponse, or JSON's {"Error":{...}} */
    const struct xml_node *error = xml_find(root, "Error");
    const struct xml_node *at = error != NULL ? error : root;
    struct span code = xml_text(at, "__type");
    /* OAuth's form */

    if (span_is_null(code)) {
        code = xml_text(at, "Code");
    }
    if (span_is_null(code)) {
        code = xml_text(at, "code");
    }
    if (span_is_null(code)) {
        code = xml_text(at, "error"); /* OAuth's form */
    }
    if (out->code[0] == '\0' && !span_is_null(code)) {
        keep_code(code, out->code, sizeof(out->code));
    }
    keep_first(xml_text(at, "message"), xml_text(at, "Message"), xml_text(at, "errorMessage"),
               out->message, sizeof(out->message));
    keep_first(xml_text(at, "error_description"), NO_SPAN, NO_SPAN, out->message,
               sizeof(out->message));
    keep_first(xml_text(at, "AthenaErrorCode"), xml_text(at, "ErrorCode"), NO_SPAN, out->detail,
               sizeof(out->detail));
    if (span_equal(span_of(out->code), SPAN("TooManyRequestsException"))) {
        keep_first(xml_text(at, "Reason"), NO_SPAN, NO_SPAN, out->detail, sizeof(out->detail));
    }
    keep_first(xml_text(root, "RequestId"), xml_text(at, "RequestId"), xml_text(root, "RequestID"),
               out->request_id, sizeof(out->request_id));
    keep_first(xml_text(at, "Region"), NO_SPAN, NO_SPAN, out->region, sizeof(out->region));
}

static void read_body(struct span body, struct aws_error *out)
{
    struct arena arena = { 0 };
    struct xml_node *root = NULL;
    struct json *document = NULL;
    struct fault ignored; /* an answer that cannot be read is described by its status */

    if (body.len == 0 || body.len > ERROR_BODY_MAX) {
        return;
    }
    if (body.at[0] == '<') {
        if (xml_parse(body, &arena, &root, &ignored) &&
            !span_equal_nocase(root->name, SPAN("html"))) {
            read_tree(root, out);
        }
    } else if (body.at[0] == '{' && json_parse(body, &document, &ignored)) {
        if (xml_from_json(document, &arena, &root, &ignored)) {
            read_tree(root, out);
        }
        json_free(document);
    }
    arena_free(&arena);
}

void aws_error_read(const struct http_response *r, struct aws_error *out)
{
    struct span type = http_response_header(r, "x-amzn-errortype");

    memset(out, 0, sizeof(*out));
    if (!span_is_null(type)) {
        keep_code(type, out->code, sizeof(out->code));
    }
    keep_first(http_response_header(r, "x-amzn-requestid"),
               http_response_header(r, "x-amz-request-id"), NO_SPAN,
               out->request_id, sizeof(out->request_id));
    keep_first(http_response_header(r, "x-amz-bucket-region"), NO_SPAN, NO_SPAN, out->region,
               sizeof(out->region));
    read_body(span_trim(buf_span(&r->body)), out);
}

/* Kinds */

static const struct {
    const char *prefix;
    enum fault_kind kind;
} kinds[] = {
    { "AccessDenied", FAULT_DENIED },
    { "UnauthorizedOperation", FAULT_DENIED },
    { "NotAuthorized", FAULT_DENIED },
    { "AuthorizationError", FAULT_DENIED },
    { "AllAccessDisabled", FAULT_DENIED },
    { "InvalidObjectState", FAULT_DENIED },
    { "KMS.", FAULT_DENIED },
    { "KMSAccessDenied", FAULT_DENIED },
    { "ExpiredToken", FAULT_SIGN_IN },
    { "InvalidToken", FAULT_SIGN_IN },
    { "TokenRefreshRequired", FAULT_SIGN_IN },
    { "UnrecognizedClient", FAULT_SIGN_IN },
    { "InvalidClientTokenId", FAULT_SIGN_IN },
    { "InvalidAccessKeyId", FAULT_SIGN_IN },
    { "SignatureDoesNotMatch", FAULT_SIGN_IN },
    { "InvalidSignature", FAULT_SIGN_IN },
    { "IncompleteSignature", FAULT_SIGN_IN },
    { "MissingAuthenticationToken", FAULT_SIGN_IN },
    { "AuthorizationHeaderMalformed", FAULT_SIGN_IN },
    { "AuthFailure", FAULT_SIGN_IN },
    { "RequestExpired", FAULT_SIGN_IN },
    { "RequestTimeTooSkewed", FAULT_SIGN_IN },
    { "RegionDisabled", FAULT_SIGN_IN },
    { "IDPRejectedClaim", FAULT_SIGN_IN },
    { "InvalidIdentityToken", FAULT_SIGN_IN },
    { "UnauthorizedException", FAULT_SIGN_IN },
    { "Throttl", FAULT_THROTTLED },
    { "RequestThrottled", FAULT_THROTTLED },
    { "TooManyRequests", FAULT_THROTTLED },
    { "ProvisionedThroughputExceeded", FAULT_THROTTLED },
    { "TransactionInProgress", FAULT_THROTTLED },
    { "RequestLimitExceeded", FAULT_THROTTLED },
    { "BandwidthLimitExceeded", FAULT_THROTTLED },
    { "LimitExceeded", FAULT_THROTTLED },
    { "SlowDown", FAULT_THROTTLED },
    { "PriorRequestNotComplete", FAULT_THROTTLED },
    { "EC2Throttled", FAULT_THROTTLED },
    { "CONCURRENT_QUERY_LIMIT_EXCEEDED", FAULT_THROTTLED },
    { "Internal", FAULT_SERVICE },
    { "ServiceUnavailable", FAULT_SERVICE },
    { "ServiceFailure", FAULT_SERVICE },
    { "OperationTimeout", FAULT_SERVICE },
    { "RequestTimeout", FAULT_SERVICE },
    { "IDPCommunicationError", FAULT_SERVICE },
    { "FederationSource", FAULT_SERVICE },
    { "ResourceNotReady", FAULT_SERVICE },
    { "EntityNotFound", FAULT_NOT_FOUND },
    { "ResourceNotFound", FAULT_NOT_FOUND },
    { "NoSuch", FAULT_NOT_FOUND },
    { "NotFound", FAULT_NOT_FOUND },
    { "ValidationError", FAULT_SETTING },
    { "MalformedPolicyDocument", FAULT_SETTING },
    { "PackedPolicyTooLarge", FAULT_SETTING },
    { "InvalidRequestException", FAULT_QUERY },
    { "InvalidInput", FAULT_QUERY },
    { "MetadataException", FAULT_QUERY },
    { "PreconditionFailed", FAULT_PROTOCOL },
    { "SerializationException", FAULT_PROTOCOL },
    { "UnknownOperation", FAULT_PROTOCOL },
    { "InvalidAction", FAULT_PROTOCOL },
};

enum fault_kind aws_fault_kind(struct span code, int http_status)
{
    for (size_t i = 0; code.len > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (span_starts(code, span_of(kinds[i].prefix))) {
            return kinds[i].kind;
        }
    }
    switch (http_status) {
    case 401:
    case 403:
        return FAULT_DENIED;
    case 404:
    case 410:
        return FAULT_NOT_FOUND;
    case 408:
        return FAULT_NETWORK;
    case 429:
        return FAULT_THROTTLED;
    default:
        return http_status >= 500 ? FAULT_SERVICE : code.len > 0 ? FAULT_SERVICE : FAULT_PROTOCOL;
    }
}

bool aws_code_is_expired(struct span code)
{
    return span_starts(code, SPAN("ExpiredToken")) || span_equal(code, SPAN("InvalidToken")) ||
           span_equal(code, SPAN("TokenRefreshRequired"));
}

/* Retrying */

bool aws_skew_of(const struct http_response *r, int64_t *skew_ms)
{
    int64_t server_ms;

    if (!span_is_null(http_response_header(r, "age")) || r->elapsed_ms > ROUND_TRIP_MAX_MS ||
        !utc_parse_http(http_response_header(r, "date"), &server_ms)) {
        return false;
    }
    *skew_ms = server_ms - (r->sent_wall_ms + r->elapsed_ms / 2);
    return true;
}

static bool is_one_of(const char *const *list, size_t n, struct span code)
{
    for (size_t i = 0; i < n; i++) {
        if (span_equal(code, span_of(list[i]))) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(list, code) is_one_of((list), sizeof(list) / sizeof((list)[0]), (code))

enum retry_verdict aws_judge(const struct http_request *q, const struct http_response *r)
{
    static const char *const throttles[] = {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
        "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
    };
    static const char *const timeouts[] = { "RequestTimeout", "RequestTimeoutException" };
    static const char *const of_sts[] = { "IDPCommunicationError" };
    /* Glue sends these with status 400; all our calls of Glue only read. */
    static const char *const of_glue[] = {
        "OperationTimeoutException", "ConcurrentModificationException",
        "FederationSourceRetryableException", "InternalServiceException",
    };
    static const char *const clock_codes[] = {
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "RequestTimeTooSkewed",
        "AccessDeniedException", "RequestExpired",
    };
    struct aws_error e;
    int64_t skew_ms;

    aws_error_read(r, &e);
    struct span code = span_of(e.code);
    if (IS_ONE_OF(throttles, code)) {
        return RETRY_THROTTLING;
    }
    if (IS_ONE_OF(timeouts, code) || (span_starts(q->action, SPAN("sts:")) && IS_ONE_OF(of_sts,
                                                                                        code)) ||
        (span_starts(q->action, SPAN("glue:")) && IS_ONE_OF(of_glue, code))) {
        return RETRY_TRANSIENT;
    }
    if (IS_ONE_OF(clock_codes, code) && aws_skew_of(r, &skew_ms) &&
        llabs(skew_ms - r->signing_skew_ms) > SKEW_TOLERATED_MS) {
        return RETRY_NOW; /* signed by a clock that is not the server's; now it is known */
    }
    return retry_judge_status(r->status);
}

/* Words */

/* The text between two marks; NO_SPAN when the first is missing. The end is the second mark or the
   text's end. */
static struct span between(struct span text, struct span from, struct span until)
{
    size_t at = span_find(text, from);

    if (at == text.len) {
        return NO_SPAN;
    }
    struct span rest = span_from(text, at + from.len);
    return span_part(rest, 0, span_find(rest, until));
}

static struct span unquoted(struct span s)
{
    struct span t = span_trim(s);

    while (t.len > 0 && (t.at[t.len - 1] == '"' || t.at[t.len - 1] == '.' ||
                         t.at[t.len - 1] == ')')) {
        t.len--;
    }
    return t.len > 0 && t.at[0] == '"' ? span_from(t, 1) : t;
}

static void keep_if_found(struct span found, char *to, size_t room)
{
    struct span word = unquoted(found);
    if (word.len > 0) {
        span_to_c(word, to, room);
    }
}

/* "User: ARN is not authorized to perform: ACTION on resource: RES because ..." and its
   relatives. */
void aws_read_denial(struct span message, struct fault *f)
{
    struct span action = between(message, SPAN("authorized to perform: "), SPAN(" "));

    keep_if_found(between(message, SPAN("User: "), SPAN(" is not authorized")), f->principal,
                  sizeof(f->principal));
    keep_if_found(action, f->action, sizeof(f->action));
    keep_if_found(between(message, SPAN("on resource: "), SPAN(" ")), f->resource,
                  sizeof(f->resource));
    if (span_find(message, SPAN("Insufficient Lake Formation permission")) < message.len) {
        struct span right = between(message, SPAN("Required "), SPAN(" on "));
        keep_if_found(between(message, SPAN(" on "), SPAN(" (")), f->resource, sizeof(f->resource));
        if (right.len > 0 && right.len < 60) {
            snprintf(f->action, sizeof(f->action), "lakeformation:%.*s", (int)right.len, right.at);
        }
    }
}

void aws_error_to_fault(const struct aws_error *e, int status, struct span action,
                        enum fault_hop hop, struct fault *f)
{
    const char *blank = e->code[0] != '\0' ? " " : "", *gap = e->detail[0] != '\0' ? " " : "";
    struct span code = span_of(e->detail[0] != '\0' ? e->detail : e->code);
    enum fault_kind kind = aws_fault_kind(span_of(e->code), status);
    const char *message = e->message[0] != '\0' ? e->message : "the service gave no reason";

    if (f == NULL) {
        return;
    }
    fault_set(f, kind, "%.*s failed (HTTP %d%s%s%s%s): %s", (int)action.len,
              action.at ? action.at : "", status, blank, e->code, gap, e->detail, message);
    f->hop = hop;
    f->http_status = status;
    f->is_expired_token = aws_code_is_expired(span_of(e->code));
    span_to_c(code, f->code, sizeof(f->code));
    span_to_c(span_of(e->request_id), f->request_id, sizeof(f->request_id));
    span_to_c(action, f->action, sizeof(f->action));
    aws_read_denial(span_of(e->message), f);
}
