// What a finding is, said the same on every page: its title, its kind, and whom the machine spoke to.
// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "../app/types";
import { t, tMaybe } from "../words";

export function FindingName({ one, times }: { one: Finding; times?: boolean }) {
  return (
    <>
      <b class="break">{one.title}</b>
      <small>
        {tMaybe("finding_kind_", one.kind)}
        {one.remote && (
          <>
            {" "}
            → <span class="mono break">{one.remote}</span>
          </>
        )}
        {times && " · " + t("times_n", { n: one.times })}
      </small>
    </>
  );
}
