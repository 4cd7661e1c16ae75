// Block lists at addresses that an operator's firewall or resolver fetches: who may, when each last
// did. The address with its token is shown once.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { useGet } from "../app/live";
import { full, moment } from "../app/time";
import type { BlockPage, BlockSubscriber } from "../app/traffic_types";
import { Ask, Dialog, Field } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note, St } from "../ui/marks";
import { Card, Facts } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, t, tMaybe } from "../words";
import { Fingerprint } from "./feed_bundles";

type Made = BlockSubscriber & { path: string };

/** What a person types at the device; the file's name is the end of the address. */
function usage(target: string, url: string): string {
  const file = url.slice(url.lastIndexOf("/") + 1);
  if (target === "nftables")
    return `curl -fsS -o /etc/nftables.d/${file} ${url} && nft -f /etc/nftables.d/${file}`;
  if (target === "mikrotik") return `/tool fetch url="${url}" dst-path=${file}; /import ${file}`;
  if (target === "rpz") return `curl -fsS -o /var/lib/bind/${file} ${url} && rndc reload`;
  return `config system external-resource → set resource "${url}"`;
}

function MadeDialog({ made, onClose }: { made: Made; onClose: () => void }) {
  const url = location.origin + made.path;
  const file = made.path.slice(made.path.lastIndexOf("/") + 1);
  const key = location.origin + "/api/v1/block-lists/key.pem";
  return (
    <Dialog title={t("block_made")} onClose={onClose} wide>
      <Note tone="soon" title={t("block_once")} />
      <Facts
        rows={[
          ["URL", <code class="break">{url}</code>],
          [t("block_use"), <code class="break">{usage(made.target, url)}</code>],
          [
            t("block_check"),
            <code class="break">
              {`curl -O ${key}; curl -O ${url}.sig; openssl dgst -sha256 -verify key.pem -signature ${file}.sig ${file}`}
            </code>,
          ],
        ]}
      />
    </Dialog>
  );
}

function AddForm({
  targets,
  onClose,
  onMade,
}: {
  targets: BlockPage["targets"];
  onClose: () => void;
  onMade: (made: Made) => void;
}) {
  const [target, setTarget] = useState(targets[0]?.id ?? "");
  const send = async (form: FormData) =>
    onMade(
      await call<Made>("POST", "/block-subscribers", {
        name: String(form.get("name")).trim(),
        target,
        list_name: String(form.get("list_name")).trim(),
        least_confidence: Number(form.get("confidence")) || 0,
        answer: String(form.get("answer") ?? ""),
      }),
    );
  return (
    <Ask title={t("block_add")} send={t("block_add")} onClose={onClose} onSend={send}>
      <Field label={t("block_name")} hint={t("block_name_hint")}>
        <input type="text" name="name" required maxLength={200} />
      </Field>
      <Field label={t("block_target")}>
        <select onChange={(event) => setTarget(event.currentTarget.value)}>
          {targets.map((one) => (
            <option key={one.id} value={one.id}>
              {both(one.label)}
            </option>
          ))}
        </select>
      </Field>
      <div class="pair">
        <Field label={t("block_list_name")}>
          <input class="mono" type="text" name="list_name" required maxLength={24} defaultValue="canh" />
        </Field>
        <Field label={t("block_confidence")} hint={t("block_confidence_hint")}>
          <input type="number" name="confidence" min={0} max={100} defaultValue="0" />
        </Field>
      </div>
      {target === "rpz" && (
        <Field label={t("block_answer")}>
          <select name="answer">
            {["passthru", "nxdomain", "nodata", "drop"].map((answer) => (
              <option key={answer} value={answer}>
                {tMaybe("block_answer_", answer)}
              </option>
            ))}
          </select>
        </Field>
      )}
    </Ask>
  );
}

function Subscribers({ page, revoke }: { page: BlockPage; revoke: (one: BlockSubscriber) => void }) {
  return (
    <Table
      rows={page.subscribers}
      rowKey={(one) => one.id}
      label={t("blocks_title")}
      columns={[
        {
          head: t("block_name"),
          cell: (one) => {
            const target = page.targets.find((kind) => kind.id === one.target);
            return (
              <>
                <b class="break">{one.name}</b>
                <small>
                  {[target ? both(target.label) : one.target, one.list_name].join(" · ")}
                </small>
              </>
            );
          },
        },
        {
          head: t("block_last"),
          fold: t("block_last"),
          cell: (one) =>
            one.last_at ? (
              <>
                <span title={full(one.last_at)}>{moment(one.last_at)}</span>
                <small>{t("block_times", { n: one.fetched, address: one.last_address })}</small>
              </>
            ) : (
              t("block_never")
            ),
        },
        {
          head: t("state"),
          fold: t("state"),
          cell: (one) =>
            one.revoked_at ? (
              <St tone="na">{t("block_revoked", { at: moment(one.revoked_at) })}</St>
            ) : (
              <St tone="met">{t("block_active")}</St>
            ),
        },
        {
          head: <span class="sr">{t("acts")}</span>,
          cell: (one) =>
            !one.revoked_at && (
              <button class="btn bad" type="button" onClick={() => revoke(one)}>
                {t("block_revoke")}
              </button>
            ),
        },
      ]}
    />
  );
}

export function BlockLists() {
  const loaded = useGet<BlockPage>("/block-subscribers", ["list"]);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Made>();
  const [revoking, setRevoking] = useState<BlockSubscriber>();
  return (
    <Wait of={loaded}>
      {(page) => (
        <Card
          title={t("blocks_title")}
          note={t("blocks_sub")}
          acts={
            <>
              {counted(page.subscribers.filter((one) => !one.revoked_at).length)}
              <button class="btn" type="button" onClick={() => setAdding(true)}>
                <Icon name="plus" />
                {t("block_add")}
              </button>
            </>
          }
          flush
        >
          {page.subscribers.length ? (
            <Subscribers page={page} revoke={setRevoking} />
          ) : (
            <Empty icon="shield" title={t("blocks_none")}>
              {t("blocks_none_do")}
            </Empty>
          )}
          <div class="in">
            <Facts
              rows={[
                [
                  t("block_key"),
                  <>
                    <a href="/api/v1/block-lists/key.pem">key.pem</a>{" "}
                    <Fingerprint value={page.fingerprint} />
                  </>,
                ],
              ]}
            />
          </div>
          {adding && (
            <AddForm
              targets={page.targets}
              onClose={() => setAdding(false)}
              onMade={(one) => {
                setMade(one);
                loaded.reload();
              }}
            />
          )}
          {made && <MadeDialog made={made} onClose={() => setMade(undefined)} />}
          {revoking && (
            <Ask
              title={t("block_revoke")}
              intro={t("block_revoke_intro", { name: revoking.name })}
              send={t("block_revoke")}
              danger
              onClose={() => setRevoking(undefined)}
              onSend={() =>
                call("DELETE", "/block-subscribers/" + encodeURIComponent(revoking.id)).then(
                  loaded.reload,
                )
              }
            />
          )}
        </Card>
      )}
    </Wait>
  );
}
