/* canh/exit_code.h: the contract of every verb. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_EXIT_CODE_H
#define CANH_CANH_EXIT_CODE_H

enum exit_code {
        EXIT_CODE_NOTHING_FOUND = 0,
        EXIT_CODE_FOUND = 1, /* list show, list build: rows that were refused or kept out */
        EXIT_CODE_FAILED = 2
};

#endif
