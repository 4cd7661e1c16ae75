/* system/os/windows/machine_facts.c: see machine_facts.h. SPDX-License-Identifier: Apache-2.0 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <iphlpapi.h>
#include <lm.h>

#include "system/os/windows/machine_facts.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <stdio.h>
#include <string.h>

enum { ADAPTER_TRIES = 4, ADAPTER_BYTES = 32 << 10 };

static void copy(char *out, size_t room, const wchar_t *wide)
{
        if (!wide || wide_to_text(out, room, (const uint16_t *)wide, wcslen(wide)))
                out[0] = '\0';
}

static void net_free_at(void *bytes)
{
        void *p;

        memcpy(&p, bytes, sizeof(p));
        if (p)
                (void)NetApiBufferFree(p);
}

static void ask_accounts(struct machine_facts *out)
{
        AUTO(net_free_at) USER_INFO_3 *all = NULL;
        DWORD count = 0, more = 0;
        /* A domain controller has everybody's; they are not this machine's. */
        NET_API_STATUS status = NetUserEnum(NULL, 3, FILTER_NORMAL_ACCOUNT, (BYTE **)&all,
            MAX_PREFERRED_LENGTH, &count, &more, NULL);

        if ((status != NERR_Success && status != ERROR_MORE_DATA) || !all)
                return;
        out->accounts_known = true;
        for (DWORD i = 0; i < count && out->account_count < MACHINE_ACCOUNTS_MAX; i++) {
                struct machine_account *a = &out->accounts[out->account_count++];
                const USER_INFO_3 *u = &all[i];

                copy(a->name, sizeof(a->name), u->usri3_name);
                a->id = u->usri3_user_id;
                a->administrator = u->usri3_priv == USER_PRIV_ADMIN;
                a->locked = u->usri3_flags & (UF_ACCOUNTDISABLE | UF_LOCKOUT);
                a->no_password_needed = u->usri3_flags & UF_PASSWD_NOTREQD;
                a->last_sign_in_at = u->usri3_last_logon;
        }
}

static void ask_shares(struct machine_facts *out)
{
        AUTO(net_free_at) SHARE_INFO_2 *all = NULL;
        DWORD count = 0, more = 0;
        NET_API_STATUS status = NetShareEnum(
            NULL, 2, (BYTE **)&all, MAX_PREFERRED_LENGTH, &count, &more, NULL);

        if ((status != NERR_Success && status != ERROR_MORE_DATA) || !all)
                return;
        out->shares_known = true;
        for (DWORD i = 0; i < count && out->share_count < MACHINE_SHARES_MAX; i++) {
                struct machine_share *s = &out->shares[out->share_count++];

                copy(s->name, sizeof(s->name), all[i].shi2_netname);
                copy(s->path, sizeof(s->path), all[i].shi2_path);
        }
}

static bool address_of(struct ip_address *out, const struct sockaddr *a)
{
        if (a->sa_family == AF_INET) {
                *out = ip_address_from_v4(
                    ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr));
                return true;
        }
        if (a->sa_family != AF_INET6)
                return false;
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
            sizeof(out->bytes));
        return true;
}

static void take_addresses(struct machine_facts *out, const IP_ADAPTER_ADDRESSES *adapter)
{
        const IP_ADAPTER_UNICAST_ADDRESS *u = adapter->FirstUnicastAddress;

        for (; u && out->address_count < MACHINE_ADDRESSES_MAX; u = u->Next) {
                struct ip_address a;
                enum ip_scope scope;

                if (!address_of(&a, u->Address.lpSockaddr))
                        continue;
                scope = ip_address_scope(&a);
                if (scope != IP_SCOPE_LOOPBACK && scope != IP_SCOPE_LINK_LOCAL)
                        out->addresses[out->address_count++] = a;
        }
}

static void ask_adapters(struct machine_facts *out)
{
        AUTO(mem_free_at) IP_ADAPTER_ADDRESSES *all = NULL;
        ULONG bytes = ADAPTER_BYTES, answer = ERROR_BUFFER_OVERFLOW;

        for (int i = 0; i < ADAPTER_TRIES && answer == ERROR_BUFFER_OVERFLOW; i++) {
                mem_free(all);
                all = mem_zero(1, bytes);
                if (!all)
                        return;
                answer = GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_SKIP_ANYCAST, NULL, all, &bytes);
        }
        for (const IP_ADAPTER_ADDRESSES *a = answer == NO_ERROR ? all : NULL; a; a = a->Next) {
                const BYTE *m = a->PhysicalAddress;

                take_addresses(out, a);
                if (a->PhysicalAddressLength != 6 || out->mac_count == MACHINE_MACS_MAX ||
                    a->IfType == IF_TYPE_SOFTWARE_LOOPBACK || a->IfType == IF_TYPE_TUNNEL)
                        continue;
                (void)snprintf(out->macs[out->mac_count++], sizeof(out->macs[0]),
                    "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
        }
}

void machine_facts_ask(struct machine_facts *out)
{
        wchar_t name[MACHINE_NAME_MAX];
        DWORD len = MACHINE_NAME_MAX;
        MEMORYSTATUSEX memory = { .dwLength = sizeof(memory) };
        SYSTEM_INFO system;

        *out = (struct machine_facts){ .memory_bytes = 0 };
        if (GetComputerNameExW(ComputerNameDnsHostname, name, &len))
                copy(out->host, sizeof(out->host), name);
        if (GlobalMemoryStatusEx(&memory))
                out->memory_bytes = memory.ullTotalPhys;
        GetNativeSystemInfo(&system);
        out->cores = system.dwNumberOfProcessors;
        ask_adapters(out);
        ask_accounts(out);
        ask_shares(out);
}
