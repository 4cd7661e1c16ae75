#!/bin/sh
# tools/format.sh FOLDER…: gives every C file the layout of .clang-format. The SPDX line stays one line, which
# clang-format does not know. SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
for round in 1 2; do
	find "$@" -name '*.[ch]' -print0 | xargs -0 clang-format -i
	find "$@" -name '*.[ch]' -print0 | xargs -0 perl -0pi -e \
		's/ ?(?:\n \* )?SPDX-License-Identifier:\s+(?:\* )?Apache-2\.0/\n * SPDX-License-Identifier: Apache-2.0/ if !/^(?: \* |\/\*.*)SPDX-License-Identifier: Apache-2\.0/m'
done
