// The small signs: state label, five watches, bar, note. A state is always an icon and a word.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import type { CellState, ProvedBy, Verdict } from "../app/types";
import { count, t, tMaybe } from "../words";
import { Icon, type IconName } from "./icon";

export type Tone = "met" | "said" | "unmet" | "waived" | "unknown" | "soon" | "na" | "info";

const toneIcons: Record<Tone, IconName> = {
  met: "check",
  said: "hand",
  unmet: "x",
  waived: "pass",
  unknown: "q",
  soon: "clock",
  na: "right",
  info: "note",
};

export function St({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={"st " + tone}>
      <Icon name={icon ?? toneIcons[tone]} small />
      <span>{children}</span>
    </span>
  );
}

/** How much of it was really seen: full only at 100 %, empty only at 0. */
export function Five({ seen, expected }: { seen: number; expected: number }) {
  const share = expected > 0 ? seen / expected : 0;
  const lit = share >= 1 ? 5 : share <= 0 ? 0 : Math.min(4, Math.max(1, Math.floor(share * 5)));
  return (
    <svg class="five" viewBox="0 0 42 5" aria-hidden="true">
      {[0, 1, 2, 3, 4].map((n) => (
        <rect
          key={n}
          x={n * 8.6}
          width="7.2"
          height="5"
          rx="1"
          class={n < lit ? undefined : "off"}
        />
      ))}
    </svg>
  );
}

export interface Part {
  tone: Tone | "act" | "plain";
  value: number;
}

export function Bar({ parts, total, label }: { parts: Part[]; total?: number; label?: string }) {
  const sum = Math.max(total ?? parts.reduce((all, part) => all + part.value, 0), 1);
  let x = 0;
  return (
    <svg
      class="bar"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : "true"}
    >
      <rect class="bar-ground" width="100" height="8" />
      {parts
        .filter((part) => part.value > 0)
        .map((part, n) => {
          const width = Math.min((part.value / sum) * 100, 100);
          const at = x;
          x += width;
          return (
            <rect
              key={n}
              class={"bar-" + part.tone}
              x={at}
              width={Math.max(width - 0.6, 0.6)}
              height="8"
            />
          );
        })}
    </svg>
  );
}

export function Note({
  tone,
  icon,
  title,
  children,
  acts,
  live,
}: {
  tone: Tone;
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
  acts?: ComponentChildren;
  live?: boolean;
}) {
  return (
    <section class={"note " + tone} role={live ? "status" : undefined}>
      <Icon name={icon ?? toneIcons[tone]} />
      <div>
        <h2>{title}</h2>
        {children}
      </div>
      {acts && <div class="acts">{acts}</div>}
    </section>
  );
}

export function cellTone(state: CellState, by: ProvedBy): Tone {
  if (state === "met") return by === "person" ? "said" : "met";
  if (state === "not_met") return "unmet";
  if (state === "waived") return "waived";
  return state === "not_applicable" ? "na" : "unknown";
}

export function stateWord(state: CellState, by: ProvedBy): string {
  if (state === "met") return t(by === "person" ? "state_met_person" : "state_met_machine");
  return tMaybe("state_", state);
}

export const toneIcon = (tone: Tone) => toneIcons[tone];

export function verdictTone(verdict: Verdict): Tone {
  if (verdict === "clean") return "met";
  if (verdict === "infected") return "unmet";
  return verdict === "stale" ? "soon" : "unknown";
}

export function VerdictSt({ verdict }: { verdict: Verdict }) {
  return <St tone={verdictTone(verdict)}>{tMaybe("verdict_", verdict)}</St>;
}

export function severityTone(severity: string): Tone {
  return severity === "critical" || severity === "high"
    ? "unmet"
    : severity === "medium"
      ? "soon"
      : "info";
}

export function findingTone(state: string): Tone {
  if (state === "closed" || state === "confirmed" || state === "verified") return "met";
  if (state === "waived") return "waived";
  if (state === "not_ours") return "na";
  return state === "new" ? "unmet" : "soon";
}

export function incidentTone(state: string): Tone {
  if (state === "closed" || state === "recovered") return "met";
  if (state === "dismissed") return "na";
  return state === "new" ? "unmet" : state === "triage" ? "soon" : "info";
}

export function deltaTone(delta: string): Tone {
  return delta === "returned" ? "unmet" : delta === "still" ? "soon" : "info";
}

export function Confidence({ value }: { value: number }) {
  if (value <= 0) return <St tone="unknown">{t("confidence_0")}</St>;
  const tone = value >= 4 ? "met" : value >= 3 ? "info" : "soon";
  return (
    <span class={"st " + tone + " sure"}>
      <Five seen={value} expected={5} />
      <span>{tMaybe("confidence_", String(Math.min(value, 5)))}</span>
    </span>
  );
}

export function Fig({
  label,
  value,
  of,
  tone,
  children,
}: {
  label: string;
  value: ComponentChildren;
  of?: number;
  tone?: Tone;
  children?: ComponentChildren;
}) {
  return (
    <div class="fig">
      <dt>{label}</dt>
      <dd class={tone && value !== "0" ? "txt " + tone : undefined}>
        {value}
        {of !== undefined && <small> / {count(of)}</small>}
      </dd>
      {children && <p>{children}</p>}
    </div>
  );
}
