/* system/os/windows/socket_table_windows.c: socket_table.h from the IP helper's tables with owner.
 * SPDX-License-Identifier: Apache-2.0 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <iphlpapi.h>
#include <tlhelp32.h>

#include "system/os/socket_table.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <string.h>

enum { TRIES = 4 };

static uint16_t port_of(DWORD network_order)
{
        return (uint16_t)((network_order & 0xFF) << 8 | (network_order >> 8 & 0xFF));
}

static struct ip_address v4_of(DWORD network_order)
{
        return ip_address_from_v4(__builtin_bswap32(network_order));
}

static struct ip_address v6_of(const UCHAR bytes[16])
{
        struct ip_address a;

        memcpy(a.bytes, bytes, sizeof(a.bytes));
        return a;
}

static int add(struct socket_table *t, const struct socket_entry *e)
{
        if (t->count >= SOCKETS_MAX) {
                t->dropped++;
                return 0;
        }
        if (t->count == t->room) {
                size_t room = t->room ? t->room * 2 : 64;
                struct socket_entry *grown = mem_grow(t->at, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                t->at = grown;
                t->room = room;
        }
        t->at[t->count++] = *e;
        return 0;
}

/* The owner stays in `inode` until the names are known. */
static struct socket_entry entry(DWORD owner, bool udp, unsigned state)
{
        return (struct socket_entry){ .udp = udp, .line = { .inode = owner, .state = state } };
}

/* MIB_TCP_STATE to the kernel's numbers that the readers of a table know. */
static unsigned state_of(DWORD state)
{
        return state == MIB_TCP_STATE_LISTEN  ? PROC_NET_LISTEN
               : state == MIB_TCP_STATE_ESTAB ? PROC_NET_ESTABLISHED
                                              : 6 /* on its way in or out */;
}

static int load_tcp(struct socket_table *t, const void *table)
{
        const MIB_TCPTABLE_OWNER_PID *all = table;
        int err = 0;

        for (DWORD i = 0; !err && i < all->dwNumEntries; i++) {
                const MIB_TCPROW_OWNER_PID *row = &all->table[i];
                struct socket_entry e = entry(row->dwOwningPid, false, state_of(row->dwState));

                e.line.local = v4_of(row->dwLocalAddr);
                e.line.local_port = port_of(row->dwLocalPort);
                e.line.remote = v4_of(row->dwRemoteAddr);
                e.line.remote_port = e.line.state == PROC_NET_LISTEN ? 0
                                                                     : port_of(row->dwRemotePort);
                err = add(t, &e);
        }
        return err;
}

static int load_tcp6(struct socket_table *t, const void *table)
{
        const MIB_TCP6TABLE_OWNER_PID *all = table;
        int err = 0;

        for (DWORD i = 0; !err && i < all->dwNumEntries; i++) {
                const MIB_TCP6ROW_OWNER_PID *row = &all->table[i];
                struct socket_entry e = entry(row->dwOwningPid, false, state_of(row->dwState));

                e.line.local = v6_of(row->ucLocalAddr);
                e.line.local_port = port_of(row->dwLocalPort);
                e.line.remote = v6_of(row->ucRemoteAddr);
                e.line.remote_port = e.line.state == PROC_NET_LISTEN ? 0
                                                                     : port_of(row->dwRemotePort);
                err = add(t, &e);
        }
        return err;
}

static int load_udp(struct socket_table *t, const void *table)
{
        const MIB_UDPTABLE_OWNER_PID *all = table;
        int err = 0;

        for (DWORD i = 0; !err && i < all->dwNumEntries; i++) {
                struct socket_entry e = entry(all->table[i].dwOwningPid, true, PROC_NET_CLOSE);

                e.line.local = v4_of(all->table[i].dwLocalAddr);
                e.line.local_port = port_of(all->table[i].dwLocalPort);
                err = add(t, &e);
        }
        return err;
}

static int load_udp6(struct socket_table *t, const void *table)
{
        const MIB_UDP6TABLE_OWNER_PID *all = table;
        int err = 0;

        for (DWORD i = 0; !err && i < all->dwNumEntries; i++) {
                struct socket_entry e = entry(all->table[i].dwOwningPid, true, PROC_NET_CLOSE);

                e.line.local = v6_of(all->table[i].ucLocalAddr);
                e.line.local_port = port_of(all->table[i].dwLocalPort);
                err = add(t, &e);
        }
        return err;
}

static const struct source {
        bool udp;
        ULONG family;
        int (*load)(struct socket_table *t, const void *table);
} sources[] = { { false, AF_INET, load_tcp }, { false, AF_INET6, load_tcp6 },
        { true, AF_INET, load_udp }, { true, AF_INET6, load_udp6 } };

/* The table may grow between the two calls. One that Windows does not give stays empty. */
static int load_one(struct socket_table *t, const struct source *s)
{
        AUTO(mem_free_at) void *table = NULL;
        DWORD bytes = 0, answer = ERROR_INSUFFICIENT_BUFFER;

        for (int i = 0; i < TRIES && answer == ERROR_INSUFFICIENT_BUFFER; i++) {
                mem_free(table);
                table = mem_zero(1, bytes ? bytes : 1);
                if (!table)
                        return ERR_MEMORY;
                answer = s->udp ? GetExtendedUdpTable(
                                      table, &bytes, FALSE, s->family, UDP_TABLE_OWNER_PID, 0)
                                : GetExtendedTcpTable(
                                      table, &bytes, FALSE, s->family, TCP_TABLE_OWNER_PID_ALL, 0);
        }
        return answer == NO_ERROR ? s->load(t, table) : 0;
}

static void name_owner(struct socket_table *t, DWORD owner, const wchar_t *program)
{
        char name[MAX_PATH * 3 + 1];

        if (wide_to_text(name, sizeof(name), (const uint16_t *)program, wcslen(program)))
                return;
        for (size_t i = 0; i < t->count; i++)
                if (t->at[i].line.inode == owner && !t->at[i].process[0])
                        (void)snprintf(
                            t->at[i].process, PROCESS_NAME_MAX, "%.*s", PROCESS_NAME_MAX - 1, name);
}

static void name_all(struct socket_table *t)
{
        HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
        PROCESSENTRY32W p = { .dwSize = sizeof(p) };

        if (all == INVALID_HANDLE_VALUE)
                return;
        for (BOOL more = Process32FirstW(all, &p); more; more = Process32NextW(all, &p))
                name_owner(t, p.th32ProcessID, p.szExeFile);
        (void)CloseHandle(all);
}

int socket_table_load(struct socket_table *out, const char *root)
{
        AUTO(socket_table_done) struct socket_table t = { NULL, 0, 0, 0 };
        int err = 0;

        (void)root;
        for (size_t i = 0; !err && i < ARRAY_LEN(sources); i++)
                err = load_one(&t, &sources[i]);
        if (err)
                return err;
        name_all(&t);
        *out = t;
        t = (struct socket_table){ NULL, 0, 0, 0 };
        return 0;
}

void socket_table_done(struct socket_table *t)
{
        mem_free(t->at);
        *t = (struct socket_table){ NULL, 0, 0, 0 };
}
