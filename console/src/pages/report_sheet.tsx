// The sheet on the screen, laid out as Decree 30/2020 prints it. Always Vietnamese: it is a
// document, not the interface.
// SPDX-License-Identifier: Apache-2.0
import type { Block, ReportPage, Run, SheetFrame } from "../app/types";
import { t } from "../words";

interface Props {
  report: ReportPage;
  chosen?: number;
  onChoose: (n: number) => void;
}

function Runs({
  runs,
  chosen,
  weak,
  onChoose,
}: {
  runs: Run[];
  chosen?: number;
  weak: Set<string>;
  onChoose: (n: number) => void;
}) {
  return (
    <>
      {runs.map((run, n) =>
        run.figure ? (
          <a
            key={n}
            class={
              "f" +
              (run.figure === chosen ? " on" : "") +
              (weak.has(String(run.figure)) ? " q" : "")
            }
            id={"f" + run.figure}
            href={"#e" + run.figure}
            onClick={(event) => {
              event.preventDefault();
              onChoose(run.figure as number);
            }}
          >
            {run.text}
            <sup>{run.figure}</sup>
          </a>
        ) : (
          run.text
        ),
      )}
    </>
  );
}

function TableBlock({ block }: { block: Block }) {
  const columns = block.columns ?? [];
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {columns.map((one, n) => (
              <th key={n} scope="col">
                {one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(block.rows ?? []).map((row, n) => (
            <tr key={n}>
              {row.map((cell, at) => (
                <td key={at} class={columns[at]?.right ? "r" : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Mast({ frame }: { frame: SheetFrame }) {
  return (
    <div class="mast">
      <div>
        {frame.parent}
        <b>{frame.issuer}</b>
        <span class="rule short" />
        <p class="no">Số: {frame.number || "\u2003\u2003/" + frame.symbol}</p>
      </div>
      <div>
        <b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b>
        <b class="motto">Độc lập - Tự do - Hạnh phúc</b>
        <span class="rule" />
        <p class="dt">
          {frame.place}, {frame.date}
        </p>
      </div>
    </div>
  );
}

function Signature({ frame }: { frame: SheetFrame }) {
  return (
    <div class="sign">
      <div>
        <b>Nơi nhận:</b>
        {frame.recipients.map((one, n) => (
          <div key={n}>
            - {one}
            {n === frame.recipients.length - 1 ? "." : ";"}
          </div>
        ))}
      </div>
      <div>
        {frame.authority.map((one, n) => (
          <div key={n}>{one}</div>
        ))}
        <div class="name">{frame.signer || <i>(chờ ký)</i>}</div>
      </div>
    </div>
  );
}

function One({
  block,
  frame,
  ...rest
}: {
  block: Block;
  frame?: SheetFrame;
  chosen?: number;
  weak: Set<string>;
  onChoose: (n: number) => void;
}) {
  const runs = <Runs runs={block.runs ?? []} {...rest} />;
  if (block.kind === "table") return <TableBlock block={block} />;
  if (block.kind === "title") return <h2>{runs}</h2>;
  if (block.kind === "subject")
    return (
      <>
        <p class="sub">{runs}</p>
        <span class="rule short" />
      </>
    );
  if (block.kind === "addressee") return <p class="to">{runs}</p>;
  if (block.kind === "heading") return <h3>{runs}</h3>;
  if (block.kind === "point")
    return (
      <p class="body">
        {block.letter}) {runs}
      </p>
    );
  if (block.kind === "annex") return <h2 class="annex">{runs}</h2>;
  if (block.kind === "note") return <p class="sheet-note">{runs}</p>;
  if (block.kind === "signature") return frame ? <Signature frame={frame} /> : null;
  return <p class="body">{runs}</p>;
}

export function Sheet({ report, chosen, onChoose }: Props) {
  const { sheet } = report;
  const frame = sheet.frame ?? undefined;
  const weakLabels = new Set(report.weak.map((one) => one.label.vi));
  const weak = new Set(
    report.figures.filter((one) => weakLabels.has(one.label.vi)).map((one) => String(one.number)),
  );
  const signed = sheet.blocks.some((one) => one.kind === "signature");
  const draft = sheet.draft ?? report.state === "draft";
  return (
    <article class="a4" lang="vi" aria-label={t("sheet_label")}>
      {draft && (
        <svg
          class="draft"
          viewBox="0 0 210 297"
          preserveAspectRatio="xMidYMid slice"
          aria-hidden="true"
        >
          <text transform="translate(112 160) rotate(-38)" text-anchor="middle">
            DỰ THẢO
          </text>
        </svg>
      )}
      {frame && <Mast frame={frame} />}
      {sheet.blocks.map((block, n) => (
        <One key={n} block={block} frame={frame} chosen={chosen} weak={weak} onChoose={onChoose} />
      ))}
      {frame && !signed && <Signature frame={frame} />}
    </article>
  );
}
