/* indicators/lists/list_kind.c: whose addresses does a table hold? Mixing this up would block our
 * own people or take a control server for a workstation, so what is not plain is marked as not sure
 * and the user is asked.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_survey.h"
#include "base/mem.h"

enum list_kind list_kind_of_class(struct text class_type)
{
        static const char *const victims[] = { "infected-system", "system-compromise",
                "compromised", "vulnerable-system", "botnet drone", "scanner", "brute-force",
                "weak-crypto", "ddos-amplifier", "bots", "bot", "Botnet", "CTIP-Infected",
                "Malware" };

        if (class_type.len == 0)
                return LIST_KIND_UNKNOWN;
        for (size_t i = 0; i < ARRAY_LEN(victims); i++)
                if (text_is(class_type, victims[i]))
                        return LIST_KIND_VICTIM;
        return LIST_KIND_INDICATOR;
}

bool list_plan_has(const struct list_plan *plan, enum list_field field)
{
        for (size_t i = 0; i < plan->column_count; i++)
                if (plan->fields[i] == field)
                        return true;
        return false;
}

static bool has_sure(const struct list_plan *plan, enum list_field field)
{
        for (size_t i = 0; i < plan->column_count; i++)
                if (plan->fields[i] == field && plan->sure[i])
                        return true;
        return false;
}

static void decide(struct list_plan *plan, enum list_kind kind, bool sure)
{
        plan->kind = kind;
        plan->kind_sure = sure;
}

void list_plan_decide_kind(struct list_plan *plan, const struct list_format *format)
{
        bool source = has_sure(plan, FIELD_SRC_IP);
        bool control = list_plan_has(plan, FIELD_CC_IP) || list_plan_has(plan, FIELD_CC_HOST);
        bool inside = list_plan_has(plan, FIELD_SRC_PORT) || list_plan_has(plan, FIELD_UNIT) ||
                      list_plan_has(plan, FIELD_INNER_NAME) || list_plan_has(plan, FIELD_ISP);
        bool seen = list_plan_has(plan, FIELD_SEEN_AT);
        bool malware = list_plan_has(plan, FIELD_MALWARE);

        if (format->kind != LIST_KIND_UNKNOWN)
                decide(plan, format->kind, true);
        else if (format->fields)
                decide(plan, LIST_KIND_INDICATOR, false);
        else if (list_plan_has(plan, FIELD_SRC_IP) && (control || inside) && (seen || malware))
                decide(plan, LIST_KIND_VICTIM, source);
        else if (list_plan_has(plan, FIELD_SRC_IP))
                decide(plan, seen || inside ? LIST_KIND_VICTIM : LIST_KIND_INDICATOR, false);
        else if (has_sure(plan, FIELD_VALUE) || has_sure(plan, FIELD_CERTIFICATE))
                decide(plan, LIST_KIND_INDICATOR, true);
        else
                decide(plan, LIST_KIND_INDICATOR, false);
}

bool list_plan_is_value(const struct list_plan *plan, enum list_field field)
{
        if (field == FIELD_VALUE || field == FIELD_CERTIFICATE)
                return true;
        if (list_plan_has(plan, FIELD_CLASS)) /* the source is what the event speaks of */
                return field == FIELD_SRC_IP;
        if (list_plan_has(plan, FIELD_VALUE) || list_plan_has(plan, FIELD_CERTIFICATE))
                return false;
        if (field == FIELD_CC_IP || field == FIELD_CC_HOST)
                return true;
        if (list_plan_has(plan, FIELD_CC_IP) || list_plan_has(plan, FIELD_CC_HOST))
                return false;
        if (field == FIELD_SRC_IP)
                return true;
        return field == FIELD_URL && !list_plan_has(plan, FIELD_SRC_IP);
}
