/* canh/canh_match.h: `canh match SET INPUT… [--json]`. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_CANH_MATCH_H
#define CANH_CANH_CANH_MATCH_H

/* The words behind "match". Exit code: 0 nothing found, 1 something found, 2 it could not be done.
 */
int canh_match(int argc, char **argv);

#endif
