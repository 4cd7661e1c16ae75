/* Any bytes: a table that is taken answers only with rules in force.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/incident/incidents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct incident_rules rules;
        const time_ms at = 1705305600000LL;
        const struct incident_rule *rule;

        if (malware_severity_parse(&rules, (struct text){ (const char *)data, size }, NULL) == 0 &&
            rules.severity_count && !malware_severity(&rules, text_of(rules.severity[0].word)))
                abort();
        if (incident_rules_parse(&rules, (struct text){ (const char *)data, size }, NULL))
                return 0;
        rule = incident_rule_at(&rules, at);
        if (rule && (rule->from > at || (rule->until && rule->until <= at) || rule->due_ms < 0))
                abort();
        return 0;
}
