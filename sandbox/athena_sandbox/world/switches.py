"""Readings of facts about AWS that nobody could confirm. Each has a switch: the reading taken, and the other one."""
from __future__ import annotations

# name -> (the reading taken, the other one, what the first reading says)
READINGS = {
    # STS, signatures, refusals
    "sts_because_clause": (True, False, "STS names the kind of the caller's own policy that refused"),
    "sts_fractional_expiration": (False, True, "Expiration has no fraction of a second"),
    "sts_clock_is_request_expired": (False, True, "STS answers stale dates with SignatureDoesNotMatch, not RequestExpired"),
    "clock_window_seconds": (300, 900, "seconds that a date may be off, at the services other than S3"),
    "garbled_token_is_invalid_token": (False, True, "JSON services answer garbled tokens with UnrecognizedClientException, not InvalidToken"),
    "json_auth_names_of_query": (False, True, "JSON services have their own names for bad credentials, not those of STS (ExpiredToken, ...)"),
    "s3_because_clause": (True, False, "S3 explains refusals inside one account"),
    "s3_expired_is_403": (False, True, "S3 answers expired and bad tokens with status 400, not 403"),
    "s3_wrong_region_redirects": (True, False, "S3 answers the wrong region with 301 PermanentRedirect, not 400 AuthorizationHeaderMalformed"),
    "requester_pays_needs_header": (True, False, "requester-pays buckets want x-amz-request-payer"),
    # Glue and Lake Formation
    "glue_error_type_header": (False, True, "Glue's errors have no x-amzn-ErrorType header"),
    "glue_errors_namespaced": (False, True, "Glue's __type has no namespace"),
    "glue_lists_check_children": (True, False, "GetDatabases asks for database/*, GetTables for table/DB/*"),
    "athena_reads_default_database": (True, False, "queries need glue:GetDatabase on database/default"),
    "lake_denies_loudly": (True, False, "GetTable of a hidden table is AccessDeniedException, not EntityNotFoundException"),
    "lake_names_the_right": (True, False, "Lake Formation says 'Required Describe on X', not 'is not authorized to perform'"),
    # Athena: calls and texts
    "json_message_capital": (True, False, "Athena's errors say Message, not message"),
    "queued_results_say_running": (False, True, "GetQueryResults of a queued query says QUEUED"),
    "output_bucket_checked_at_start": (True, False, "an unreachable result bucket refuses the start; else the query FAILS"),
    "denied_query_says_insufficient": (True, False, "a missing Glue right reads 'Insufficient permissions ...', not 'ACCESS_DENIED: ...'"),
    "cutoff_says_cancelled": (True, False, "the workgroup's limit reads 'Query cancelled! : Bytes scanned limit ...'"),
    "unload_has_substatement": (True, False, "UNLOAD has SubstatementType UNLOAD"),
    # Athena: results
    "duplicate_result_members": (True, False, "GetQueryResults repeats its rows in ColumnInfos and ResultRows"),
    "reuse_keeps_old_location": (True, False, "a reused result points to the old object, not to a copy"),
    "result_etag_is_md5": (True, False, "ETags of result objects are MD5 sums, not those of multipart uploads"),
    "equal_names_kept": (True, False, "columns of equal names keep them; else later ones get _1, _2"),
    "null_is_unknown": (True, False, "the type of SELECT NULL is unknown, not varchar"),
    "char_padded": (True, False, "char(n) values are padded with blanks to n"),
    "float_digits_are_short": (True, False, "float values have the digits of 32 bits (0.1), not of 64 (0.10000000149011612)"),
    "wide_years_signed": (True, False, "years after 9999 have a plus sign"),
}
SWITCHES = {name: taken for name, (taken, _, _) in READINGS.items()}
