/* sensor/proc_reader.h: the role that reads one file, see proc_reader.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_READER_H
#define CANH_SENSOR_PROC_READER_H

struct proc_reader {
        const char *path; /* for messages */
        int file;         /* open for reading */
        int socket, ring, bell;
};

/* For process_start. */
int proc_reader_run(void *state);

#endif
