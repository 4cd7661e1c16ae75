// Dialogues on the browser's own <dialog>: it keeps the focus inside, Esc closes it and gives
// the focus back.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../app/api";
import { t } from "../words";
import { Icon } from "./icon";
import { ProblemNote } from "./states";

export function Dialog({
  title,
  onClose,
  children,
  wide,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
}) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const from = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => from?.focus?.();
  }, []);
  return (
    <dialog
      ref={box}
      class={"dialog" + (wide ? " wide" : "")}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <div class="dialog-in">
        <header>
          <h2>{title}</h2>
          <button class="btn bare sq" type="button" aria-label={t("close")} onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ComponentChildren;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
      {hint && <small>{hint}</small>}
    </label>
  );
}

/** Runs an act once, shows that it runs, and says what went wrong. */
export function useAct(): {
  busy: boolean;
  problem?: Problem;
  run: (act: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (act: () => Promise<unknown>) => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
      return true;
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(500, "page", String(error)));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(undefined) };
}

/** A form in a dialogue: what is asked stands in `children`, `onSend` carries it out. */
export function Ask({
  title,
  intro,
  send,
  danger,
  onSend,
  onClose,
  children,
}: {
  title: string;
  intro?: ComponentChildren;
  send: string;
  danger?: boolean;
  onSend: (form: FormData) => Promise<unknown>;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const act = useAct();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    if (await act.run(() => onSend(form))) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
        {intro && <p class="muted small">{intro}</p>}
        {children}
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class={"btn " + (danger ? "bad" : "go")} type="submit" disabled={act.busy}>
            {send}
          </button>
          <button class="btn" type="button" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
