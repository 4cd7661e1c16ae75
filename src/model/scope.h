/* model/scope.h: whose rows a query may touch. A parameter of every query of the office that reads
 * or counts rows of units: the unit at the top of what this person may see, with all below it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_SCOPE_H
#define CANH_MODEL_SCOPE_H

enum role { ROLE_NONE, ROLE_UNIT, ROLE_OFFICE, ROLE_ADMINISTRATOR };

struct scope {
        const char *unit_id;    /* top of the visible subtree; never NULL */
        const char *account_id; /* who asks: for the audit trail */
        const char *actor;      /* shown name */
        const char *address;    /* where from */
        enum role role;
};

#endif
