/* system/os/windows/machine_facts.h: what a Windows machine says of itself outside the registry.
 * Filled by its calls, or by a test. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_MACHINE_FACTS_H
#define CANH_SYSTEM_OS_WINDOWS_MACHINE_FACTS_H

#include "codec/ip_address.h"

enum {
        MACHINE_ACCOUNTS_MAX = 1000,
        MACHINE_SHARES_MAX = 200,
        MACHINE_MACS_MAX = 16,
        MACHINE_ADDRESSES_MAX = 64,
        MACHINE_NAME_MAX = 256
};

struct machine_account {
        char name[MACHINE_NAME_MAX];
        uint32_t id; /* the last number of its SID */
        bool administrator, locked, no_password_needed;
        int64_t last_sign_in_at; /* seconds since 1970, 0 = never or not known */
};

struct machine_share {
        char name[MACHINE_NAME_MAX], path[MACHINE_NAME_MAX * 2];
};

struct machine_facts {
        char host[MACHINE_NAME_MAX];
        uint64_t memory_bytes;
        unsigned cores;
        bool accounts_known, shares_known; /* the call is there and answered */
        struct machine_account accounts[MACHINE_ACCOUNTS_MAX];
        struct machine_share shares[MACHINE_SHARES_MAX];
        size_t account_count, share_count, mac_count, address_count;
        struct ip_address addresses[MACHINE_ADDRESSES_MAX]; /* that others can reach */
        char macs[MACHINE_MACS_MAX][18];
};

/* What a call does not answer stays empty. */
void machine_facts_ask(struct machine_facts *out);

#endif
