// Lists from office to office on a USB stick: what our feeds brought as one signed file, and such a
// file of another office, taken once its key is confirmed.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, download } from "../app/api";
import { link } from "../app/route";
import { full, moment } from "../app/time";
import type { FeedSigner } from "../app/traffic_types";
import type { Maybe } from "../app/types";
import { Ask, useAct } from "../ui/dialog";
import { Drop } from "../ui/drop";
import { Icon } from "../ui/icon";
import { Note, St } from "../ui/marks";
import { Card, Facts } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { Table } from "../ui/table";
import { bytes, count, t } from "../words";

interface Look {
  upload: string;
  office: Maybe<string>;
  made_at: Maybe<string>;
  fingerprint: string;
  signer: "new" | "known";
  newer: boolean;
  files: { source: string; fetched_at: Maybe<string>; bytes: number }[];
}

interface Taken {
  source: string;
  list: string;
  unchanged: boolean;
  good: number;
  added: number;
  gone: number;
  still: number;
  expired: number;
}

/** Groups of four, as people read them aloud. */
export function Fingerprint({ value }: { value: string }) {
  return <span class="mono break">{value.match(/.{1,4}/g)?.join(" ")}</span>;
}

function TakenTable({ files }: { files: Taken[] }) {
  return (
    <Table
      rows={files}
      rowKey={(one) => one.source}
      label={t("bundle_taken")}
      columns={[
        { head: t("source"), cell: (one) => <a href={link("list", one.list)}>{one.source}</a> },
        ...(["good", "added", "still", "gone", "expired"] as const).map((name) => ({
          head: t(`compare_${name}`),
          fold: t(`compare_${name}`),
          num: true,
          cell: (one: Taken) => count(one[name]),
        })),
        {
          head: t("state"),
          fold: t("state"),
          cell: (one) => t(one.unchanged ? "feed_state_unchanged" : "bundle_new_version"),
        },
      ]}
    />
  );
}

function Confirm({
  seen,
  onClose,
  onTaken,
}: {
  seen: Look;
  onClose: () => void;
  onTaken: (files: Taken[]) => void;
}) {
  const send = async () => {
    const done = await call<{ files: Taken[] }>("POST", "/feeds/bundle/take", {
      upload: seen.upload,
      fingerprint: seen.fingerprint,
    });
    onTaken(done.files);
  };
  return (
    <Ask title={t("bundle_take")} send={t("bundle_take")} onClose={onClose} onSend={send}>
      <Facts
        rows={[
          [t("bundle_from"), seen.office],
          [t("bundle_made"), full(seen.made_at)],
          [t("bundle_fingerprint"), <Fingerprint value={seen.fingerprint} />],
          [
            t("bundle_lists"),
            seen.files
              .map((one) => `${one.source} (${moment(one.fetched_at)}, ${bytes(one.bytes)})`)
              .join("; "),
          ],
        ]}
      />
      {!seen.newer && <Note tone="unmet" title={t("bundle_not_newer")} />}
      {seen.signer === "new" && (
        <label class="check">
          <input type="checkbox" required />
          {t("bundle_confirm")}
        </label>
      )}
    </Ask>
  );
}

export function FeedBundles({
  fingerprint,
  signers,
  reload,
}: {
  fingerprint: string;
  signers: FeedSigner[];
  reload: () => void;
}) {
  const act = useAct();
  const [seen, setSeen] = useState<Look>();
  const [taken, setTaken] = useState<Taken[]>();
  const look = (file: File) =>
    void act.run(async () => {
      setTaken(undefined);
      setSeen(
        await call<Look>("POST", "/feeds/bundle/preview?name=" + encodeURIComponent(file.name), file, {
          raw: true,
        }),
      );
    });
  const forget = (one: FeedSigner) =>
    void act.run(() => call("DELETE", "/feeds/signers/" + one.fingerprint).then(reload));
  return (
    <Card
      title={t("bundle_title")}
      note={t("bundle_sub")}
      acts={
        <button
          class="btn"
          type="button"
          disabled={act.busy}
          onClick={() =>
            void act.run(() => download("POST", "/feeds/bundle", "danh-sach.canhfeeds", {}))
          }
        >
          <Icon name="save" />
          {t("bundle_make")}
        </button>
      }
    >
      <Facts rows={[[t("bundle_own"), <Fingerprint value={fingerprint} />]]} />
      <Drop
        icon="save"
        title={t("bundle_drop")}
        hint={t("bundle_drop_hint")}
        busy={act.busy}
        accept=".canhfeeds"
        onFiles={(files) => files[0] && look(files[0])}
      />
      {act.problem && <ProblemNote problem={act.problem} />}
      {taken && <TakenTable files={taken} />}
      {signers.length > 0 && (
        <Table
          rows={signers}
          rowKey={(one) => one.fingerprint}
          label={t("bundle_signers")}
          columns={[
            {
              head: t("bundle_signers"),
              cell: (one) => (
                <>
                  <b>{one.office || "–"}</b>
                  <small>
                    <Fingerprint value={one.fingerprint} />
                  </small>
                </>
              ),
            },
            {
              head: t("bundle_last"),
              fold: t("bundle_last"),
              cell: (one) => <span title={full(one.taken_at)}>{moment(one.made_at)}</span>,
            },
            {
              head: t("bundle_confirmed"),
              fold: t("bundle_confirmed"),
              cell: (one) => (
                <St tone="met">{`${one.confirmed_by}, ${moment(one.confirmed_at)}`}</St>
              ),
            },
            {
              head: <span class="sr">{t("acts")}</span>,
              cell: (one) => (
                <button
                  class="btn sq"
                  type="button"
                  disabled={act.busy}
                  aria-label={t("bundle_forget", { name: one.office || one.fingerprint })}
                  onClick={() => forget(one)}
                >
                  <Icon name="x" />
                </button>
              ),
            },
          ]}
        />
      )}
      {seen && (
        <Confirm
          seen={seen}
          onClose={() => setSeen(undefined)}
          onTaken={(files) => {
            setTaken(files);
            reload();
          }}
        />
      )}
    </Card>
  );
}
