/* agent/proc_link.h: the process that speaks to the centre. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_PROC_LINK_H
#define CANH_AGENT_PROC_LINK_H

struct proc_link {
        int socket; /* to the root of the program */
        const char *state_path;
        int renew_days; /* the certificate is renewed when fewer days are left; 0 = 100 */
};

/* The role of process_start: state is a struct proc_link. Returns only when it cannot go on. */
int proc_link_run(void *state);

#endif
