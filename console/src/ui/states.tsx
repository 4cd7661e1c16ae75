// What a page shows when there is nothing to show: loading, empty, cut off, no permission, gone.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { Problem } from "../app/api";
import type { Loaded } from "../app/live";
import { clock } from "../app/time";
import { t, type Word } from "../words";
import type { IconName } from "./icon";
import { Icon } from "./icon";
import { Note } from "./marks";

function problemWord(problem: Problem): Word {
  if (problem.status === 0) return "problem_cut_off";
  if (problem.status === 403) return "problem_denied";
  if (problem.status === 404) return "problem_missing";
  if (problem.status === 409) return "problem_conflict";
  if (problem.status === 413) return "problem_large";
  if (problem.status === 429) return "problem_slow";
  return problem.status >= 500 ? "problem_server" : "problem_input";
}

export function problemText(problem: Problem): string {
  const line = problem.line ? t("problem_line", { n: problem.line }) + " " : "";
  return line + (problem.detail || t(problemWord(problem)));
}

export function ProblemNote({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const word = problemWord(problem);
  const tone =
    problem.status === 0 || problem.status === 403 || problem.status === 404 ? "unknown" : "unmet";
  return (
    <div role="alert">
      <Note
        tone={tone}
        icon={problem.status === 403 ? "shield" : undefined}
        title={t(word)}
        acts={
          retry && (
            <button class="btn" type="button" onClick={retry}>
              {t("retry")}
            </button>
          )
        }
      >
        {(problem.detail || problem.line) && <p>{problemText(problem)}</p>}
      </Note>
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <b>{title}</b>
      {children && <div>{children}</div>}
    </div>
  );
}

/**
 * Shows the page's body as soon as there are figures; a failure beside old figures leaves them
 * and says their time.
 */
export function Wait<V>({
  of,
  children,
}: {
  of: Loaded<V>;
  children: (data: V) => ComponentChildren;
}) {
  if (of.data === undefined) {
    if (of.problem) return <ProblemNote problem={of.problem} retry={of.reload} />;
    return (
      <div class="loading" role="status">
        <Icon name="wave" /> {t("loading")}
      </div>
    );
  }
  return (
    <>
      {of.problem && (
        <Note
          tone="unknown"
          title={t("old_figures", { at: of.at ? clock(of.at) : "–" })}
          live
          acts={
            <button class="btn" type="button" onClick={of.reload}>
              {t("retry")}
            </button>
          }
        >
          <p>{problemText(of.problem)}</p>
        </Note>
      )}
      {children(of.data)}
    </>
  );
}
