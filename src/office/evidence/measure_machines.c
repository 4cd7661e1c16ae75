/* office/evidence/measure_machines.c: questions put to each machine.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/evidence/measure_kinds.h"
#include "office/intake/sweep_proof.h"

time_ms measure_bound(const struct measure_rule *rule, const struct measure_context *context)
{
        time_ms back = rule->within_days ? context->now - rule->within_days * DAY_MS : 0;

        return back > rule->since ? back : rule->since;
}

void measure_proof_of_machine(struct measure_proof *proof, const struct measure_kind *kind)
{
        const struct machine_fact *m = proof->machine;

        if (kind == &measure_machines_reporting) {
                proof->kind = PROOF_CONTACT;
                proof->at = m->last_seen_at;
        } else if (kind == &measure_inventory_fresh || kind == &measure_system_supported) {
                proof->kind = PROOF_INVENTORY;
                proof->at = m->last_inventory_at;
        } else {
                proof->kind = PROOF_SWEEP;
                proof->at = m->last_sweep_at;
        }
}

static enum verdict never_reported(struct words *why)
{
        *why = WORDS("Máy chưa báo về lần nào", "The machine has never reported");
        return VERDICT_UNKNOWN;
}

static enum verdict silent(struct words *why)
{
        *why = WORDS(
            "Máy không báo về trong thời gian xét", "The machine has not reported in the period");
        return VERDICT_UNKNOWN;
}

static enum verdict ask_reporting(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        if (!m->last_seen_at)
                return never_reported(why);
        if (m->last_seen_at >= measure_bound(rule, context))
                return VERDICT_YES;
        *why = WORDS(
            "Máy đã ghi danh nhưng ngừng báo về", "The machine is enrolled but has fallen silent");
        return VERDICT_NO;
}

static enum verdict ask_swept(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        time_ms bound = measure_bound(rule, context);

        if (m->last_sweep_at && m->last_sweep_at >= bound)
                return VERDICT_YES;
        if (!m->last_seen_at)
                return never_reported(why);
        if (m->last_seen_at < bound)
                return silent(why);
        *why = m->last_sweep_at
                   ? WORDS("Lần rà quét gần nhất đã quá cũ", "The newest complete sweep is too old")
                   : WORDS("Máy có báo về nhưng chưa rà quét xong lần nào",
                         "The machine reports but has finished no sweep");
        return VERDICT_NO;
}

/* Clean means: looked at in the period, and nothing left over. What was found stays found, however
 * old. */
static enum verdict ask_clean(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        if (m->open_hits > 0) {
                *why = WORDS("Còn tệp mã độc chưa xử lý", "Malware files are still open");
                return VERDICT_NO;
        }
        if (m->last_sweep_at && m->last_sweep_at >= measure_bound(rule, context))
                return VERDICT_YES;
        if (!m->last_seen_at)
                return never_reported(why);
        *why = WORDS("Chưa có kết quả rà quét trong thời gian xét",
            "There is no sweep result in the period");
        return VERDICT_UNKNOWN;
}

static enum verdict ask_rules(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        time_ms made_at;

        if (!m->last_sweep_at) {
                *why = WORDS("Máy chưa rà quét xong lần nào", "The machine has finished no sweep");
                return VERDICT_UNKNOWN;
        }
        if (sweep_generation_made_at(&made_at, m->last_sweep_generation)) {
                *why = WORDS("Không đọc được ngày của tập luật đã dùng",
                    "The date of the rule set used is not known");
                return VERDICT_UNKNOWN;
        }
        if (made_at >= measure_bound(rule, context))
                return VERDICT_YES;
        *why = WORDS(
            "Tập luật dùng khi rà quét đã cũ", "The rule set used in the sweep is too old");
        return VERDICT_NO;
}

static enum verdict ask_inventory(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        time_ms bound = measure_bound(rule, context);

        if (m->last_inventory_at && m->last_inventory_at >= bound)
                return VERDICT_YES;
        if (!m->last_seen_at)
                return never_reported(why);
        if (m->last_seen_at < bound)
                return silent(why);
        *why = WORDS("Danh mục phần mềm của máy chưa có hoặc đã cũ",
            "The machine's inventory is missing or too old");
        return VERDICT_NO;
}

/* The newest entry that names the system; versions match whole ("10" is not "10.1"). */
static enum verdict ask_supported(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        (void)rule;
        if (!m->last_inventory_at) {
                *why = WORDS(
                    "Chưa có danh mục phần mềm của máy", "The machine has no inventory yet");
                return VERDICT_UNKNOWN;
        }
        for (size_t i = 0; i < context->support_count; i++) {
                const struct support_end *s = &context->support[i];

                if (s->os_id.len != m->os_id.len || s->version.len != m->os_version.len ||
                    memcmp(s->os_id.data, m->os_id.data, s->os_id.len) != 0 ||
                    memcmp(s->version.data, m->os_version.data, s->version.len) != 0)
                        continue;
                if (context->now < s->until)
                        return VERDICT_YES;
                *why = WORDS(
                    "Hệ điều hành đã hết hỗ trợ", "The operating system is out of support");
                return VERDICT_NO;
        }
        *why = WORDS("Chưa có ngày hết hỗ trợ của hệ điều hành này trong gói chỉ đạo",
            "The pack holds no end-of-support date for this system");
        return VERDICT_UNKNOWN;
}

/* later: catalogues of advisories are not read yet; until they are, nobody may be told that all is
 * patched. */
static enum verdict ask_advisories(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        (void)m;
        (void)rule;
        (void)context;
        *why = WORDS("Chưa nạp danh mục cảnh báo lỗ hổng để đối chiếu",
            "No catalogue of advisories has been loaded to compare with");
        return VERDICT_UNKNOWN;
}

static enum verdict ask_listed(struct words *why, const struct machine_fact *m,
    const struct measure_rule *rule, const struct measure_context *context)
{
        (void)rule;
        (void)context;
        if (!m->listed_at)
                return VERDICT_OUTSIDE;
        if (m->swept_after_listing_at)
                return VERDICT_YES;
        if (m->last_seen_at < m->listed_at) {
                *why = WORDS("Máy có tên trong danh sách, từ đó chưa báo về",
                    "The machine is listed and has not reported since");
                return VERDICT_UNKNOWN;
        }
        *why = WORDS("Máy có tên trong danh sách nhưng chưa rà quét lại",
            "The machine is listed and has not been swept since");
        return VERDICT_NO;
}

const struct measure_kind measure_machines_reporting = { "machines_reporting", SUBJECT_MACHINE,
        true, ask_reporting, NULL };
const struct measure_kind measure_machines_swept = { "machines_swept", SUBJECT_MACHINE, true,
        ask_swept, NULL };
const struct measure_kind measure_sweep_clean = { "sweep_clean", SUBJECT_MACHINE, true, ask_clean,
        NULL };
const struct measure_kind measure_rules_fresh = { "rules_fresh", SUBJECT_MACHINE, true, ask_rules,
        NULL };
const struct measure_kind measure_inventory_fresh = { "inventory_fresh", SUBJECT_MACHINE, true,
        ask_inventory, NULL };
const struct measure_kind measure_system_supported = { "system_supported", SUBJECT_MACHINE, true,
        ask_supported, NULL };
const struct measure_kind measure_advisories_reviewed = { "advisories_reviewed", SUBJECT_MACHINE,
        true, ask_advisories, NULL };
const struct measure_kind measure_listed_swept_first = { "listed_swept_first", SUBJECT_MACHINE,
        false, ask_listed, NULL };
