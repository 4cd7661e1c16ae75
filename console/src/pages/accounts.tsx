// Accounts (administrator): who may sign in, with which role, for which unit. A new one gets a
// one-time password.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { touch, useGet } from "../app/live";
import type { Account, Role, Unit } from "../app/types";
import { Ask, Dialog, Field } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note, St } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { t, tMaybe } from "../words";
import { CopyBox } from "./enrol_token";

type Made = Account & { one_time_password?: string };
const roles: Role[] = ["unit", "office", "administrator"];

function RoleSelect({ now }: { now?: Role }) {
  return (
    <select name="role">
      {roles.map((one) => (
        <option key={one} value={one} selected={one === now}>
          {tMaybe("role_", one)}
        </option>
      ))}
    </select>
  );
}

function NewAccount({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const units = useGet<{ units: Unit[] }>("/units").data?.units ?? [];
  const send = async (form: FormData) => {
    const body = {
      login: form.get("login"),
      name: form.get("name"),
      role: form.get("role"),
      unit: form.get("unit"),
    };
    onMade(await call<Made>("POST", "/accounts", body));
    touch(["unit"]);
  };
  return (
    <Ask title={t("account_new")} send={t("account_make")} onClose={onClose} onSend={send}>
      <Field label={t("person_name")}>
        <input type="text" name="name" required />
      </Field>
      <Field label={t("login")}>
        <input
          type="text"
          name="login"
          required
          pattern="[a-z0-9._\-]+"
          autocapitalize="none"
          spellcheck={false}
        />
      </Field>
      <Field label={t("role")} hint={t("role_hint")}>
        <RoleSelect />
      </Field>
      <Field label={t("unit")}>
        <select name="unit" required>
          {units.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </Field>
    </Ask>
  );
}

function EditAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const send = (form: FormData) =>
    call("PATCH", "/accounts/" + encodeURIComponent(account.id), {
      name: form.get("name"),
      role: form.get("role"),
      active: form.get("active") === "on",
    }).then(() => touch(["unit"]));
  return (
    <Ask title={account.login} send={t("save")} onClose={onClose} onSend={send}>
      <Field label={t("person_name")}>
        <input type="text" name="name" required defaultValue={account.name} />
      </Field>
      <Field label={t("role")}>
        <RoleSelect now={account.role} />
      </Field>
      <label class="pick">
        <input type="checkbox" name="active" defaultChecked={account.active !== false} />
        <span>{t("account_active")}</span>
      </label>
    </Ask>
  );
}

export function AccountsPage() {
  const loaded = useGet<{ accounts: Account[] }>("/accounts", ["unit"]);
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<Account>();
  const [made, setMade] = useState<Made>();
  return (
    <Page
      title={t("nav_accounts")}
      sub={t("accounts_sub")}
      acts={
        loaded.data && (
          <button class="btn go" type="button" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t("account_new")}
          </button>
        )
      }
    >
      <Wait of={loaded}>
        {({ accounts }) => (
          <Card title={t("nav_accounts")} acts={counted(accounts.length)} flush>
            {accounts.length ? (
              <Table
                rows={accounts}
                rowKey={(one) => one.id}
                label={t("nav_accounts")}
                onOpen={setEditing}
                columns={[
                  {
                    head: t("person_name"),
                    cell: (one) => (
                      <>
                        <b>{one.name}</b>
                        <small class="mono">{one.login}</small>
                      </>
                    ),
                  },
                  { head: t("role"), fold: t("role"), cell: (one) => tMaybe("role_", one.role) },
                  { head: t("unit"), fold: t("unit"), cell: (one) => one.unit?.name ?? "–" },
                  {
                    head: t("state"),
                    fold: t("state"),
                    cell: (one) =>
                      one.active === false ? (
                        <St tone="na">{t("account_off")}</St>
                      ) : one.must_change ? (
                        <St tone="soon">{t("account_must")}</St>
                      ) : (
                        <St tone="met">{t("account_active")}</St>
                      ),
                  },
                  {
                    head: <span class="sr">{t("acts")}</span>,
                    cell: (one) => (
                      <button class="btn" type="button" onClick={() => setEditing(one)}>
                        {t("edit")}
                      </button>
                    ),
                  },
                ]}
              />
            ) : (
              <Empty icon="person" title={t("accounts_none")} />
            )}
          </Card>
        )}
      </Wait>
      {adding && <NewAccount onClose={() => setAdding(false)} onMade={setMade} />}
      {editing && <EditAccount account={editing} onClose={() => setEditing(undefined)} />}
      {made?.one_time_password && (
        <Dialog title={t("account_made", { name: made.name })} onClose={() => setMade(undefined)}>
          <div class="form">
            <Note tone="soon" icon="key" title={t("one_time_password")}>
              <p>{t("one_time_note")}</p>
            </Note>
            <CopyBox text={made.one_time_password} label={t("one_time_password")} />
          </div>
        </Dialog>
      )}
    </Page>
  );
}
