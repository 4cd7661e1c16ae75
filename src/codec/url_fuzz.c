/* codec/url_fuzz.c: the one form of an address is its own one form, holds no blank, and has a host
 * that is an address or a name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"
#include "codec/domain_name.h"
#include "codec/ip_address.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char url[URL_MAX], again[URL_MAX], name[DOMAIN_NAME_MAX];
        struct ip_address address;
        struct text host;

        if (url_parse(url, (struct text){ (const char *)data, size }))
                return 0;
        if (strlen(url) >= URL_MAX || url_parse(again, text_of(url)) || strcmp(url, again) != 0)
                abort();
        for (const char *c = url; *c; c++)
                if ((unsigned char)*c <= ' ' || *c == 0x7F)
                        abort();
        host = url_host(text_of(url));
        if (ip_address_parse(&address, host) && domain_name_parse(name, host))
                abort();
        return 0;
}
