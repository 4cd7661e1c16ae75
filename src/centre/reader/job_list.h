/* centre/reader/job_list.h: what the confined reader does with an uploaded list. Pure functions:
 * bytes in, bytes out; the reader process hands them over. Limit: LIST_BYTES_MAX in,
 * JOB_LIST_OUT_MAX out.
 *
 * options:
 * {"file_name","as"?,"source"?,"kind"?:"indicator|victim","map"?:{field:column},"zone_minutes"?,
 *   "origin"?:"sinkhole|control|scan","ours"?:["prefix",…],
 *   "warning_lists"?:["text of one MISP warning list",…]}
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOB_LIST_H
#define CANH_CENTRE_READER_JOB_LIST_H

#include "base/buffer.h"
#include "base/text.h"

enum { JOB_LIST_OUT_MAX = 256 << 20, JOB_LIST_ROWS_SHOWN = 200 };

/* The part of Preview (docs/api.md) that needs no database, as one JSON object: file_name, format,
 * encoding, kind, kind_sure, zone_minutes, columns, fields, header_line, counts, first_rows,
 * refused, warned, victims:[{address,rows,seen_at,malware}] and passed_over:[T], the warning lists
 * that could not be used and why. refused, warned and victims hold at
 * most JOB_LIST_ROWS_SHOWN; "more":{"refused","warned","victims"} counts the rest. FORMAT, LIMIT,
 * UNSUPPORTED with *bad. */
MUST_USE int job_list_preview(
    struct buffer *out_json, struct text bytes, struct text options_json, struct parse_error *bad);

/* All rows, to be filed. Adds one line of JSON and a line feed:
 *   {"format":"canh-list-rows/1","kind","list_format","encoding","counts","refused":[…],
 *    "warned":[…],
 *    "body":"rows"|"set","body_bytes"}
 * and then the body: victim rows as JSON lines
 * {"line","seen_at","src_ip","src_port"?,"malware",…,"raw"}, or the bytes of a set file of this
 * batch. */
MUST_USE int job_list_rows(
    struct buffer *out, struct text bytes, struct text options_json, struct parse_error *bad);

#endif
