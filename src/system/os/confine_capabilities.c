/* system/os/confine_capabilities.c: gives up capabilities for good. Who may open nothing needs
 * none. Who reads files keeps what a service of root reads them by, and none that reaches packets,
 * low ports, other clocks or the kernel. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine_internal.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static const uint64_t never_kept = BIT(CAP_NET_RAW) | BIT(CAP_NET_ADMIN) |
                                   BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_MODULE) |
                                   BIT(CAP_SYS_RAWIO) | BIT(CAP_SYS_BOOT) | BIT(CAP_SYS_TIME) |
                                   BIT(CAP_SYS_ADMIN) | BIT(CAP_MAC_ADMIN) | BIT(CAP_MAC_OVERRIDE);

int confine_capabilities(enum confine_profile profile)
{
        uint64_t keep = confine_is_narrow(profile) ? 0 : ~never_kept;
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct set[_LINUX_CAPABILITY_U32S_3];

        /* What an unprivileged service was lent; an old kernel has no such thing. */
        (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        if (syscall(SYS_capget, &head, set) != 0)
                return ERR_UNSUPPORTED;
        for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
                uint32_t kept = (uint32_t)(keep >> (32 * i));

                set[i].effective &= kept;
                set[i].permitted &= kept;
                set[i].inheritable &= kept;
        }
        return syscall(SYS_capset, &head, set) == 0 ? 0 : ERR_DENIED;
}
