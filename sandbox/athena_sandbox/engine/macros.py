"""SQL macros that give DuckDB the functions of Trino that it lacks or that answer otherwise."""

MACROS = r"""
CREATE MACRO athena_divide(a, b) AS CASE WHEN b = 0 THEN error('DIVISION_BY_ZERO: Division by zero') ELSE a // b END;
CREATE MACRO athena_divide_decimal(a, b) AS CASE WHEN b = 0 THEN error('DIVISION_BY_ZERO: Division by zero') ELSE a / b END;
CREATE MACRO athena_remainder(a, b) AS CASE WHEN b = 0 THEN error('DIVISION_BY_ZERO: Division by zero') ELSE a % b END;
CREATE MACRO athena_array_item(a, i) AS CASE
  WHEN i = 0 THEN error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')
  WHEN i < 0 THEN error('INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || i)
  WHEN i > len(a) THEN error('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: ' || i || ' > ' || len(a))
  ELSE a[i] END;
CREATE MACRO athena_map_item(m, k) AS CASE
  WHEN m IS NULL OR map_contains(m, k) THEN m[k]
  ELSE error('INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || CAST(k AS VARCHAR)) END;
CREATE MACRO athena_mantissa(d, e) AS d[1] || '.' || CASE WHEN len(rtrim(d[2:], '0')) = 0 THEN '0' ELSE rtrim(d[2:], '0') END || 'E' || e;
CREATE MACRO athena_digits(s) AS replace(regexp_replace(s, 'e.*$', ''), '.', '');
CREATE MACRO athena_exponent_text(s) AS CASE
  WHEN contains(s, 'e') THEN athena_mantissa(athena_digits(s), CAST(regexp_extract(s, 'e(.*)$', 1) AS INTEGER))
  WHEN s[1] = '0' THEN athena_mantissa(ltrim(athena_digits(s), '0'), -(len(s) - 1 - len(ltrim(athena_digits(s), '0'))))
  ELSE athena_mantissa(athena_digits(s), strpos(s, '.') - 2) END;
CREATE MACRO athena_real_text(x) AS CASE
  WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'NaN'
  WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
  WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CAST(x AS VARCHAR)
  WHEN abs(x) < 1e-44 THEN CASE WHEN x < 0 THEN '-' ELSE '' END || athena_exponent_text(printf('%.1e', CAST(abs(x) AS DOUBLE)))
  ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || athena_exponent_text(CAST(abs(x) AS VARCHAR)) END;
CREATE MACRO athena_double_text(x) AS CASE
  WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'NaN'
  WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
  WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CAST(x AS VARCHAR)
  WHEN abs(x) <= CAST('1e-323' AS DOUBLE) THEN CASE WHEN x < 0 THEN '-' ELSE '' END || athena_exponent_text(printf('%.1e', abs(x)))
  ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || athena_exponent_text(CAST(abs(x) AS VARCHAR)) END;
CREATE MACRO athena_date_text(d) AS CASE
  WHEN d BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN CAST(d AS VARCHAR)
  ELSE printf('%s%04d-%02d-%02d', CASE WHEN year(d) < 0 THEN '-' WHEN year(d) > 9999 THEN '+' ELSE '' END, abs(year(d)), month(d), day(d)) END;
CREATE MACRO bitwise_and(a, b) AS a & b;
CREATE MACRO bitwise_or(a, b) AS a | b;
CREATE MACRO bitwise_xor(a, b) AS xor(a, b);
CREATE MACRO bitwise_not(a) AS ~a;
CREATE MACRO json_parse(s) AS CAST(s AS JSON);
CREATE MACRO json_format(j) AS CAST(j AS VARCHAR);
CREATE MACRO json_size(j, p) AS coalesce(json_array_length(j, p), len(json_keys(j, p)), 0);
CREATE MACRO url_extract_host(u) AS nullif(regexp_extract(u, '^[a-z]+://([^/:?#]+)', 1), '');
CREATE MACRO url_extract_path(u) AS regexp_extract(u, '^[a-z]+://[^/?#]*([^?#]*)', 1);
CREATE MACRO url_extract_protocol(u) AS regexp_extract(u, '^([a-z]+)://', 1);
CREATE MACRO url_extract_query(u) AS nullif(regexp_extract(u, '\?([^#]*)', 1), '');
CREATE MACRO is_nan(x) AS isnan(x);
CREATE MACRO is_finite(x) AS isfinite(x);
CREATE MACRO is_infinite(x) AS isinf(x);
CREATE MACRO nan() AS CAST('NaN' AS DOUBLE);
CREATE MACRO infinity() AS CAST('Infinity' AS DOUBLE);
CREATE MACRO e() AS CAST(2.718281828459045 AS DOUBLE);
CREATE MACRO truncate(x) AS trunc(x);
CREATE MACRO to_utf8(s) AS encode(s);
CREATE MACRO from_utf8(b) AS decode(b);
CREATE MACRO width_bucket(x, lo, hi, n) AS CAST(CASE WHEN x < lo THEN 0 WHEN x >= hi THEN n + 1 ELSE floor((x - lo) / (hi - lo) * n) + 1 END AS BIGINT);
CREATE MACRO map_agg(k, v) AS map(list(k), list(v));
CREATE MACRO array_remove(a, x) AS list_filter(a, lambda q: q IS DISTINCT FROM x);
CREATE MACRO athena_distinct(a) AS list_filter(a, lambda q, i: list_position(a, q) = i);
CREATE MACRO array_union(a, b) AS list_filter(list_concat(a, b), lambda q, i: list_position(list_concat(a, b), q) = i);
CREATE MACRO arrays_overlap(a, b) AS list_has_any(a, b);
CREATE MACRO array_max(a) AS list_max(a);
CREATE MACRO array_min(a) AS list_min(a);
CREATE MACRO day_of_month(d) AS day(d);
CREATE MACRO year_of_week(d) AS isoyear(d);
CREATE MACRO yow(d) AS isoyear(d);
CREATE MACRO last_day_of_month(d) AS last_day(d);
CREATE MACRO from_iso8601_date(s) AS CAST(s AS DATE);
CREATE MACRO levenshtein_distance(a, b) AS CAST(levenshtein(a, b) AS BIGINT);
CREATE MACRO hamming_distance(a, b) AS CAST(hamming(a, b) AS BIGINT);
CREATE MACRO split_to_map(s, a, b) AS map_from_entries(list_transform(string_split(s, a), lambda p: {'k': split_part(p, b, 1), 'v': split_part(p, b, 2)}));
CREATE MACRO geometric_mean(x) AS geomean(x);
CREATE MACRO to_base64(b) AS base64(b);
CREATE MACRO regexp_position(s, p) AS CASE WHEN regexp_matches(s, p) THEN strpos(s, regexp_extract(s, p)) ELSE -1 END;
CREATE MACRO count_if(c) AS count(*) FILTER (WHERE c);
CREATE MACRO athena_letters(s) AS regexp_replace(upper(s), '[^A-Z]', '', 'g');
CREATE MACRO athena_sounds(s) AS translate(s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123012-02245501262301-202');
CREATE MACRO athena_once(s) AS regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
  s, '1+', '1', 'g'), '2+', '2', 'g'), '3+', '3', 'g'), '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g');
CREATE MACRO athena_soundex_of(s) AS CASE WHEN s = '' THEN '' ELSE left(s[1] || replace(
  athena_once(athena_sounds(s)[1] || replace(athena_sounds(s)[2:], '-', ''))[2:], '0', '') || '000', 4) END;
CREATE MACRO athena_soundex(s) AS athena_soundex_of(athena_letters(s));
CREATE MACRO athena_repeat(x, n) AS list_transform(range(n), lambda i: x);
"""
