/* sensor/listen_address.h: where to listen, as the operator wrote it. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_LISTEN_ADDRESS_H
#define CANH_SENSOR_LISTEN_ADDRESS_H

#include "base/text.h"

enum { LISTEN_HOST_MAX = 64 };

struct listen_address {
        char host[LISTEN_HOST_MAX];
        uint16_t port;
};

/* "ADDR:PORT", "[ADDR]:PORT". FORMAT. */
MUST_USE int listen_address_parse(struct listen_address *out, struct text t);

#endif
