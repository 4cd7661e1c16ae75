/* tests/corpus_main.c: runs a fuzz target without an engine over every file of the folders named on
 * the command line, so that seeds and past crashes are an ordinary test.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_BYTES_MAX = 16 << 20 };

static int run_file(const char *path)
{
        FILE *f = fopen(path, "rb");
        uint8_t *bytes, *exact;
        size_t n;

        if (!f)
                return -1;
        bytes = malloc(FILE_BYTES_MAX);
        if (!bytes)
                abort();
        n = fread(bytes, 1, FILE_BYTES_MAX, f);
        (void)fclose(f);
        /* An exact copy, so that the sanitizer sees one byte too far. */
        exact = malloc(n ? n : 1);
        if (!exact)
                abort();
        memcpy(exact, bytes, n);
        (void)LLVMFuzzerTestOneInput(exact, n);
        free(exact);
        free(bytes);
        return 0;
}

int main(int argc, char **argv)
{
        size_t files = 0;

        for (int i = 1; i < argc; i++) {
                struct dirent **names = NULL;
                int n = scandir(argv[i], &names, NULL, alphasort);
                for (int j = 0; j < n; j++) {
                        char path[4096];
                        if (names[j]->d_name[0] != '.') {
                                (void)snprintf(
                                    path, sizeof(path), "%s/%s", argv[i], names[j]->d_name);
                                if (run_file(path) == 0)
                                        files++;
                        }
                        free(names[j]);
                }
                free(names);
        }
        (void)printf("%zu corpus files\n", files);
        return files ? 0 : 1; /* an empty corpus shows nothing */
}
