// Feeds: lists that the office subscribes to by address, fetched by the centre on a schedule.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { useGet } from "../app/live";
import { link } from "../app/route";
import { useStore } from "../app/store";
import { full, moment } from "../app/time";
import type { Feed, FeedPage, Format } from "../app/traffic_types";
import { Ask, Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St, type Tone } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { usePoll } from "../ui/traffic_marks";
import { both, bytes, count, t, tMaybe } from "../words";
import { FeedBundles } from "./feed_bundles";

const REFRESH_MS = 10_000;
const schedules = [15, 60, 360, 720, 1440, 10080];
function every(minutes: number): string {
  if (minutes % 1440 === 0) return t("every_days", { n: minutes / 1440 });
  if (minutes % 60 === 0) return t("every_hours", { n: minutes / 60 });
  return t("every_minutes", { n: minutes });
}

const tones: Record<Feed["state"], Tone> = {
  new: "soon",
  ok: "met",
  unchanged: "met",
  failed: "unmet",
};

function FeedSt({ feed }: { feed: Feed }) {
  return (
    <>
      {feed.active ? (
        <St tone={tones[feed.state]}>{tMaybe("feed_state_", feed.state)}</St>
      ) : (
        <St tone="na">{t("feed_paused")}</St>
      )}
      {feed.state === "failed" && <small class="why txt unmet">{both(feed.why)}</small>}
      {feed.active && feed.next_at && <small>{t("feed_next", { at: moment(feed.next_at) })}</small>}
    </>
  );
}

// without the password: the centre keeps the one it has
const wishOf = (feed: Feed, change: Partial<Feed>) => {
  const { source, url, format, kind, every_minutes, active } = { ...feed, ...change };
  const { protocol, collection, auth, login, authority } = feed;
  const server = { protocol, collection, auth, login, authority };
  return { source, url, format, kind, every_minutes, active, ...server };
};

function FeedActs({
  feed,
  reload,
  edit,
  remove,
}: {
  feed: Feed;
  reload: () => void;
  edit: () => void;
  remove: () => void;
}) {
  const act = useAct();
  const path = "/feeds/" + encodeURIComponent(feed.id);
  const run = (method: string, to: string, body?: unknown) =>
    void act.run(() => call(method, to, body).then(reload));
  return (
    <span class="row-acts">
      <button
        class="btn"
        type="button"
        disabled={act.busy || !feed.active}
        onClick={() => run("POST", path + "/fetch")}
      >
        <Icon name="save" />
        {t("feed_fetch")}
      </button>
      <button
        class="btn"
        type="button"
        disabled={act.busy}
        onClick={() => run("PATCH", path, wishOf(feed, { active: !feed.active }))}
      >
        {t(feed.active ? "feed_pause" : "feed_resume")}
      </button>
      <button
        class="btn"
        type="button"
        aria-label={t("feed_change_of", { name: feed.source })}
        onClick={edit}
      >
        {t("edit")}
      </button>
      <button
        class="btn sq"
        type="button"
        aria-label={t("feed_remove_of", { name: feed.source })}
        onClick={remove}
      >
        <Icon name="x" />
      </button>
      {act.problem && <ProblemNote problem={act.problem} />}
    </span>
  );
}

function options(values: string[], prefix: string, chosen?: string) {
  return values.map((value) => (
    <option key={value} value={value} selected={value === chosen}>
      {tMaybe(prefix, value)}
    </option>
  ));
}

function SignInFields({ feed }: { feed?: Feed }) {
  const [auth, setAuth] = useState<string>(feed?.auth ?? "none");
  return (
    <>
      <Field label={t("feed_auth")}>
        <select name="auth" onChange={(event) => setAuth(event.currentTarget.value)}>
          {options(["none", "basic", "bearer"], "feed_auth_", auth)}
        </select>
      </Field>
      {auth === "basic" && (
        <Field label={t("login")}>
          <input type="text" name="login" maxLength={127} autocomplete="off" defaultValue={feed?.login ?? ""} />
        </Field>
      )}
      {auth !== "none" && (
        <Field
          label={t(auth === "basic" ? "password" : "feed_token")}
          hint={t(feed?.has_secret ? "feed_secret_kept" : "feed_secret_hint")}
        >
          <input type="password" name="secret" maxLength={511} autocomplete="new-password" />
        </Field>
      )}
    </>
  );
}

function FeedForm({
  feed,
  formats,
  onClose,
  reload,
}: {
  feed?: Feed;
  formats: Format[];
  onClose: () => void;
  reload: () => void;
}) {
  const [protocol, setProtocol] = useState<string>(feed?.protocol ?? "file");
  const taxii = protocol === "taxii";
  const send = (form: FormData) => {
    const word = (name: string) => String(form.get(name) ?? "").trim();
    const wish = {
      source: word("source"),
      url: word("url"),
      format: word("format"),
      kind: word("kind") || "indicator",
      every_minutes: Number(form.get("every")),
      active: feed?.active ?? true,
      protocol,
      collection: word("collection"),
      auth: word("auth"),
      login: word("login"),
      secret: String(form.get("secret") ?? ""),
      authority: word("authority"),
    };
    const to = feed ? "/feeds/" + encodeURIComponent(feed.id) : "/feeds";
    return call(feed ? "PATCH" : "POST", to, wish).then(reload);
  };
  const times =
    feed && !schedules.includes(feed.every_minutes)
      ? [feed.every_minutes, ...schedules]
      : schedules;
  return (
    <Ask
      title={t(feed ? "feed_change" : "feed_add")}
      intro={t("feed_intro")}
      send={t("save")}
      onClose={onClose}
      onSend={send}
    >
      <Field label={t("source")} hint={t("feed_source_hint")}>
        <input type="text" name="source" required maxLength={200} defaultValue={feed?.source ?? ""} />
      </Field>
      <Field label={t("feed_protocol")}>
        <select onChange={(event) => setProtocol(event.currentTarget.value)}>
          {options(["file", "taxii"], "feed_protocol_", protocol)}
        </select>
      </Field>
      <Field label={t("feed_url")} hint={t(taxii ? "feed_url_taxii" : "feed_url_hint")}>
        <input
          class="mono"
          type="url"
          name="url"
          required
          maxLength={1000}
          defaultValue={feed?.url ?? ""}
          placeholder="https://"
        />
      </Field>
      {taxii ? (
        <Field label={t("feed_collection")} hint={t("feed_collection_hint")}>
          <input type="text" name="collection" maxLength={200} defaultValue={feed?.collection ?? ""} />
        </Field>
      ) : (
        <div class="pair">
          <Field label={t("kind")}>
            <select name="kind">{options(["indicator", "victim"], "list_kind_", feed?.kind)}</select>
          </Field>
          <Field label={t("format")}>
            <select name="format">
              <option value="">{t("feed_format_any")}</option>
              {formats.map((format) => (
                <option key={format.id} value={format.id} selected={format.id === feed?.format}>
                  {both(format.label)}
                </option>
              ))}
            </select>
          </Field>
        </div>
      )}
      <SignInFields feed={feed} />
      <Field label={t("feed_schedule")} hint={t("feed_schedule_hint")}>
        <select name="every">
          {times.map((minutes) => (
            <option
              key={minutes}
              value={minutes}
              selected={minutes === (feed?.every_minutes ?? 1440)}
            >
              {every(minutes)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("feed_authority")} hint={t("feed_authority_hint")}>
        <textarea class="mono" name="authority" rows={2} defaultValue={feed?.authority ?? ""} />
      </Field>
    </Ask>
  );
}

function FeedsTable({
  feeds,
  reload,
  edit,
  remove,
}: {
  feeds: Feed[];
  reload: () => void;
  edit: (feed: Feed) => void;
  remove: (feed: Feed) => void;
}) {
  return (
    <Table
      rows={feeds}
      rowKey={(one) => one.id}
      label={t("feeds")}
      hot={(one) => one.active && one.state === "failed"}
      columns={[
        {
          head: t("source"),
          cell: (one) => (
            <>
              <b class="break">{one.source}</b>
              <small class="mono break">{one.url}</small>
              <small>
                {[
                  tMaybe("list_kind_", one.kind),
                  every(one.every_minutes),
                  one.protocol === "taxii"
                    ? ["TAXII", one.collection].filter(Boolean).join(" ")
                    : one.format || t("feed_format_any"),
                ].join(" · ")}
              </small>
            </>
          ),
        },
        { head: t("state"), fold: t("state"), cell: (one) => <FeedSt feed={one} /> },
        {
          head: t("feed_got"),
          fold: t("feed_got"),
          cell: (one) => (
            <>
              <span title={full(one.fetched_at)}>{moment(one.fetched_at)}</span>
              {one.changed_at && (
                <small>
                  {t("feed_changed", { at: moment(one.changed_at) })} · {bytes(one.bytes)}
                </small>
              )}
            </>
          ),
        },
        {
          head: t("feed_difference"),
          fold: t("feed_difference"),
          cell: (one) =>
            one.batch ? (
              <a href={link("list", one.batch)} class="nowrap">
                <b>+{count(one.added)}</b> / −{count(one.gone)}
                <small>{t("feed_open_list")}</small>
                {one.expired > 0 && <small>{t("feed_expired", { n: one.expired })}</small>}
              </a>
            ) : (
              "–"
            ),
        },
        {
          head: <span class="sr">{t("acts")}</span>,
          cell: (one) => (
            <FeedActs
              feed={one}
              reload={reload}
              edit={() => edit(one)}
              remove={() => remove(one)}
            />
          ),
        },
      ]}
    />
  );
}

export function FeedsPage() {
  const office = useStore(session)?.account?.role !== "unit";
  const loaded = useGet<FeedPage>(office ? "/feeds" : null, ["list", "set"]);
  const [editing, setEditing] = useState<Feed | "new">();
  const [removing, setRemoving] = useState<Feed>();
  usePoll(office, loaded.reload, REFRESH_MS);
  const failed =
    loaded.data?.feeds.filter((one) => one.active && one.state === "failed").length ?? 0;
  return (
    <Page
      title={t("feeds")}
      sub={t("feeds_sub")}
      path={[{ text: t("nav_lists"), href: link("lists") }]}
      acts={
        office && (
          <button class="btn go" type="button" onClick={() => setEditing("new")}>
            <Icon name="plus" />
            {t("feed_add")}
          </button>
        )
      }
    >
      {office ? (
        <Wait of={loaded}>
          {({ feeds, signers, fingerprint }) => (
            <>
            <Card
              title={t("feeds")}
              note={failed ? <span class="txt unmet">{t("feeds_failed", { n: failed })}</span> : ""}
              acts={counted(feeds.length)}
              flush
            >
              {feeds.length ? (
                <FeedsTable
                  feeds={feeds}
                  reload={loaded.reload}
                  edit={setEditing}
                  remove={setRemoving}
                />
              ) : (
                <Empty icon="save" title={t("feeds_none")}>
                  {t("feeds_none_do")}
                </Empty>
              )}
            </Card>
              <FeedBundles fingerprint={fingerprint} signers={signers} reload={loaded.reload} />
            </>
          )}
        </Wait>
      ) : (
        <Empty icon="shield" title={t("problem_denied")} />
      )}
      {editing && (
        <FeedForm
          feed={editing === "new" ? undefined : editing}
          formats={loaded.data?.formats ?? []}
          reload={loaded.reload}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing && (
        <Ask
          title={t("feed_remove")}
          intro={t("feed_remove_intro", { name: removing.source })}
          send={t("feed_remove")}
          danger
          onClose={() => setRemoving(undefined)}
          onSend={() =>
            call("DELETE", "/feeds/" + encodeURIComponent(removing.id)).then(loaded.reload)
          }
        />
      )}
    </Page>
  );
}
