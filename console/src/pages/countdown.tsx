// The thước canh: one tick a day from the letter to the end of the holiday, the lamp on today,
// red on the holiday.
// SPDX-License-Identifier: Apache-2.0
import { DAY_MS, dateOf, day, dayMonth, daysBetween } from "../app/time";
import type { Directive } from "../app/types";
import { both, t } from "../words";

interface Ruler {
  start: Date;
  days: number;
  today: number;
  from: number;
  to: number;
  first: number;
  due: number;
}

const DAYS_MAX = 150;

function rulerOf(directive: Directive): Ruler | null {
  const holiday = directive.holiday;
  const issued = dateOf(directive.issued_on);
  const from = dateOf(holiday?.from);
  const to = dateOf(holiday?.to);
  if (!holiday || !from || !to || !issued) return null;
  const start = new Date(Math.min(issued.getTime(), from.getTime() - 7 * DAY_MS));
  const days = daysBetween(start, to) + 4;
  const due = dateOf(directive.due_at);
  if (days > DAYS_MAX) return null;
  return {
    start,
    days,
    today: daysBetween(start, new Date()),
    from: daysBetween(start, from),
    to: daysBetween(start, to),
    first: daysBetween(start, dateOf(holiday.first_day) ?? from),
    due: due ? daysBetween(start, due) : -1,
  };
}

function headline(directive: Directive, ruler: Ruler): [string, string] {
  const name = both(directive.holiday?.name);
  const left = ruler.first - ruler.today;
  const due = ruler.due - ruler.today;
  const second =
    ruler.due < 0
      ? ""
      : due > 0
        ? t("watch_due_in", { n: due })
        : due === 0
          ? t("watch_due_today")
          : t("watch_due_past", { at: day(directive.due_at) });
  if (left > 0)
    return [
      t("watch_left", { n: left }),
      t("watch_until", { name }) + (second ? ", " + second : ""),
    ];
  if (ruler.today <= ruler.to)
    return [t("watch_new_year_day", { n: 1 - left }), name + (second ? ", " + second : "")];
  return [
    t("watch_over", { at: day(directive.holiday?.to) }),
    t("watch_over_note", { name }),
  ];
}

function Tick({ n, at, ruler }: { n: number; at: number; ruler: Ruler }) {
  if (n === ruler.today)
    return <rect class="tick-now" x={at - 2.5} y="12" width="5" height="30" rx="1.5" />;
  if (n === ruler.first)
    return <rect class="tick-first" x={at - 2.5} y="12" width="5" height="30" rx="1.5" />;
  if (n >= ruler.from && n <= ruler.to)
    return <rect class="tick-holiday" x={at - 1} y="24" width="2" height="18" />;
  const tall = n === 0 || n === ruler.due;
  return (
    <rect
      class={n < ruler.today ? "tick-past" : "tick"}
      x={at - 1}
      y={tall ? 26 : 32}
      width="2"
      height={tall ? 16 : 10}
    />
  );
}

export function Countdown({ directive }: { directive: Directive }) {
  const ruler = rulerOf(directive);
  if (!ruler) return null;
  const [big, small] = headline(directive, ruler);
  const width = 780;
  const x = (n: number) => 10 + (n * (width - 20)) / Math.max(ruler.days - 1, 1);
  const shows = ruler.today >= 0 && ruler.today < ruler.days;
  const near = shows && Math.abs(x(ruler.today) - x(ruler.first)) < 150;
  const before = ruler.today < ruler.first;
  const issued = x(daysBetween(ruler.start, dateOf(directive.issued_on) ?? ruler.start));
  return (
    <section class="watch" aria-label={t("watch_label")}>
      <div class="left">
        <b>{big}</b>
        <span>{small}</span>
      </div>
      <svg
        class="days"
        viewBox={`0 0 ${width} 60`}
        preserveAspectRatio="xMaxYMid meet"
        role="img"
        aria-label={big + ", " + small}
      >
        {Array.from({ length: ruler.days }, (_, n) => (
          <Tick key={n} n={n} at={x(n)} ruler={ruler} />
        ))}
        <text x={issued} y="56">
          {t("watch_issued", { at: dayMonth(directive.issued_on) })}
        </text>
        {ruler.due > 0 && x(ruler.due) - issued > 190 && (
          <text x={x(ruler.due)} y="56" text-anchor="end">
            {t("watch_due", { at: dayMonth(directive.due_at) })}
          </text>
        )}
        {shows && ruler.today !== ruler.first && (
          <text
            class="now"
            x={x(ruler.today)}
            y="8"
            text-anchor={near ? (before ? "end" : "start") : ruler.today < 4 ? "start" : "middle"}
          >
            {t("today_word")}
          </text>
        )}
        <text
          class="now"
          x={x(ruler.first)}
          y="8"
          text-anchor={near ? (before ? "start" : "end") : "middle"}
        >
          {t("watch_first", { at: dayMonth(directive.holiday?.first_day) })}
        </text>
        <text x={x(ruler.to)} y="56" text-anchor={ruler.days - ruler.to < 12 ? "end" : "start"}>
          {t("watch_to", { at: dayMonth(directive.holiday?.to) })}
        </text>
      </svg>
    </section>
  );
}
