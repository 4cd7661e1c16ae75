/* office/intake/attribution.c: see attribution.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/attribution.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/unicode.h"
#include "office/intake/attribution_rows.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

enum { REASON_MAX = 4096, CONFIDENCE_NAME = 5, CONFIDENCE_CONTACT = 4, CONFIDENCE_DAY = 3 };

static int say_reason(struct attribution *a, const char *vi, const char *en, const char *detail)
{
        AUTO(buffer_done) struct buffer v = BUFFER(REASON_MAX);
        AUTO(buffer_done) struct buffer e = BUFFER(REASON_MAX);
        const char *unit = json_get_text(a->unit, "name");
        const char *then = json_get_text(a->unit_then ? a->unit_then : a->unit, "name");
        int err;

        if ((err = buffer_add_format(&v, "Thuộc dải %s của %s", a->range, then)) ||
            (err = buffer_add_format(&e, "Within %s of %s", a->range, then)) ||
            (a->unit_then && (err = buffer_add_format(&v, " (nay là %s)", unit))) ||
            (a->unit_then && (err = buffer_add_format(&e, " (now %s)", unit))) ||
            (err = buffer_add_text(&v, ". ")) || (err = buffer_add_text(&e, ". ")) ||
            (err = buffer_add_text(&v, vi)) || (err = buffer_add_text(&e, en)) ||
            (err = buffer_add_text(&v, detail)) || (err = buffer_add_text(&e, detail)) ||
            (err = buffer_add_byte(&v, '.')) || (err = buffer_add_byte(&e, '.')))
                return err;
        json_decref(a->reason);
        a->reason = json_pack("{s:s,s:s}", "vi", v.data, "en", e.data);
        return a->reason ? 0 : ERR_MEMORY;
}

/* Takes the candidates over; one alone is named. */
static int settle(struct attribution *a, json_t *machines_own, int confidence)
{
        json_decref(a->machines);
        a->machines = machines_own;
        a->machine_total = json_array_size(machines_own);
        a->confidence = a->machine_total > 1 ? confidence - 1 : confidence;
        if (a->machine_total != 1)
                return 0;
        return text_copy(a->machine_id, sizeof(a->machine_id),
            text_of(json_get_text(json_array_get(machines_own, 0), "id")));
}

static int try_name(struct attribution *a, struct db *db, const struct victim *row)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(1024);
        json_t *machines;
        int err;

        if (row->inner_name.len == 0 || row->inner_name.len > 256 ||
            unicode_add_folded(&folded, row->inner_name) || !folded.data)
                return 0;
        err = attribution_by_name(&machines, db, a->unit_id, folded.data);
        if (err)
                return err;
        if (json_array_size(machines) == 0) {
                json_decref(machines);
                return 0;
        }
        a->by_name = true;
        err = settle(a, machines, CONFIDENCE_NAME);
        return err ? err
                   : say_reason(a, "Bên phát hiện nêu tên máy: ",
                         "The observer named the machine: ", folded.data);
}

static int try_contact(
    struct attribution *a, struct db *db, const struct victim *row, time_ms window, int confidence)
{
        char remote[IP_TEXT_MAX];
        json_t *machines;
        int err;

        if (a->by_name || a->by_contact || !row->has_cc_ip)
                return 0;
        err = attribution_by_contact(&machines, db, a->unit_id, &row->cc_ip, row->seen_at, window);
        if (err)
                return err;
        if (json_array_size(machines) == 0) {
                json_decref(machines);
                return 0;
        }
        a->by_contact = true;
        err = settle(a, machines, confidence);
        (void)ip_address_write(remote, &row->cc_ip);
        if (err)
                return err;
        if (window < DAY_MS)
                return say_reason(a, "Trong vòng 10 phút, máy đã kết nối tới máy chủ điều khiển ",
                    "Within 10 minutes the machine spoke to the control server ", remote);
        return say_reason(a, "Trong vòng một ngày, máy đã kết nối tới máy chủ điều khiển ",
            "Within a day the machine spoke to the control server ", remote);
}

static int behind_nat(struct attribution *a, struct db *db, bool show)
{
        char count[32];
        json_t *machines;
        int err = attribution_machine_count(&a->machine_total, db, a->unit_id);

        if (err)
                return err;
        a->confidence = 1;
        if (show || a->machine_total == 1) {
                size_t total = a->machine_total;

                err = attribution_machines(&machines, db, a->unit_id);
                if (!err)
                        err = settle(a, machines, total == 1 ? CONFIDENCE_DAY : 2);
                if (err)
                        return err;
                a->machine_total = total;
        }
        if (a->machine_total == 0)
                return say_reason(a, "Chưa có máy nào được khai ở đơn vị này",
                    "The unit has no machine on file", "");
        (void)snprintf(count, sizeof(count), "%zu", a->machine_total);
        return say_reason(
            a, "Ở sau NAT; số máy có thể là: ", "Behind NAT; machines it can be: ", count);
}

static int find_inside(struct attribution *a, struct db *db, const struct victim *row, bool show)
{
        int err;

        if ((err = try_name(a, db, row)) ||
            (err = try_contact(a, db, row, 10 * (time_ms)MINUTE_MS, CONFIDENCE_CONTACT)) ||
            (err = try_contact(a, db, row, DAY_MS, CONFIDENCE_DAY)))
                return err;
        return a->by_name || a->by_contact ? 0 : behind_nat(a, db, show);
}

static int outside(struct attribution *a)
{
        a->reason = json_pack("{s:s,s:s}", "vi",
            "Không thuộc dải địa chỉ nào đã khai vào thời điểm đó.", "en",
            "Within no address range on file at that time.");
        return a->reason ? 0 : ERR_MEMORY;
}

/* The range is that of the time of the row; the unit is the one that answers for it now. */
static int take_owner(
    struct attribution *a, struct db *db, const struct range_owner *owner, time_ms now)
{
        int err = registry_unit_answering(&a->unit, db, owner->unit_id, now);

        if (!err && strcmp(json_get_text(a->unit, "id"), owner->unit_id) != 0)
                err = registry_unit_answering(&a->unit_then, db, owner->unit_id, 0);
        if (!err)
                err = text_copy(
                    a->unit_id, sizeof(a->unit_id), text_of(json_get_text(a->unit, "id")));
        return err ? err : text_copy(a->range, sizeof(a->range), text_of(owner->prefix));
}

int attribution_find(
    struct attribution *out, struct db *db, const struct victim *row, time_ms now, bool show)
{
        struct range_owner owner;
        struct attribution a = { .machines = json_array() };
        int err = a.machines ? registry_unit_of_address(&owner, db, &row->src_ip, row->seen_at)
                             : ERR_MEMORY;

        if (err == ERR_MISSING)
                err = outside(&a);
        else if (!err) {
                err = take_owner(&a, db, &owner, now);
                if (!err)
                        err = find_inside(&a, db, row, show);
        }
        if (err) {
                attribution_done(&a);
                return err;
        }
        *out = a;
        return 0;
}

void attribution_done(struct attribution *a)
{
        json_decref(a->unit);
        json_decref(a->unit_then);
        json_decref(a->machines);
        json_decref(a->reason);
        *a = (struct attribution){ 0 };
}
