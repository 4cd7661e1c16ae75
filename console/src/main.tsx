// The console's start: who is here decides what is shown.
// SPDX-License-Identifier: Apache-2.0
import { render, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, get, session } from "./app/api";
import { useLive } from "./app/live";
import { language, languageChosen, startPrefs } from "./app/prefs";
import { route, startRoute } from "./app/route";
import { useStore } from "./app/store";
import type { Session } from "./app/types";
import { FindingsPage } from "./pages/findings";
import { FirstRunPage } from "./pages/first_run";
import { IncidentPage } from "./pages/incident";
import { IncidentsPage } from "./pages/incidents";
import { MachinePage } from "./pages/machine";
import { MachinesPage } from "./pages/machines";
import { MatrixPage } from "./pages/matrix";
import { PasswordPage } from "./pages/password";
import { SignInPage } from "./pages/sign_in";
import { UnitPage } from "./pages/unit";
import { UnitsPage } from "./pages/units";
import { Page } from "./ui/page";
import { Shell } from "./ui/shell";
import { Empty, ProblemNote } from "./ui/states";
import { t } from "./words";

type Second = typeof import("./pages/second");

/** A page of the second file: fetched when the first of them is opened. */
function Later({ page, id }: { page: keyof Second["pages"]; id: string }) {
  const [second, setSecond] = useState<Second>();
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    import("./pages/second").then(setSecond, () => setFailed(true));
  };
  useEffect(load, []);
  // a browser does not ask again for a module that failed: the whole page does
  if (failed) return <ProblemNote problem={new Problem(0, "network", "")} retry={() => location.reload()} />;
  const Show = second?.pages[page] as ((props: { id: string }) => ComponentChildren) | undefined;
  return Show ? <Show key={page + id} id={id} /> : null;
}

const first = new Map<string, (props: { id: string }) => ComponentChildren>(Object.entries({
  matrix: () => <MatrixPage />,
  units: () => <UnitsPage />,
  unit: ({ id }: { id: string }) => <UnitPage key={id} id={id} />,
  machines: () => <MachinesPage />,
  machine: ({ id }: { id: string }) => <MachinePage key={id} id={id} />,
  findings: () => <FindingsPage />,
  incidents: () => <IncidentsPage />,
  incident: ({ id }: { id: string }) => <IncidentPage key={id} id={id} />,
  password: () => <PasswordPage />,
}));

const second: (keyof Second["pages"])[] = [
  "accounts",
  "capture",
  "enrol",
  "feeds",
  "hunt",
  "import",
  "list",
  "lists",
  "offline",
  "report",
  "reports",
  "status",
  "trace",
  "traffic",
];

function show(page: string, id: string): ComponentChildren {
  const here = first.get(page);
  const later = second.find((one) => one === page);
  if (here) return here({ id });
  return later ? <Later page={later} id={id} /> : <Missing />;
}

function Missing() {
  return (
    <Page title={t("problem_missing")}>
      <Empty icon="q" title={t("page_missing")}>
        <a href="#/matrix">{t("matrix_page")}</a>
      </Empty>
    </Page>
  );
}

function SignedIn({ must }: { must: boolean }) {
  const here = useStore(route);
  useLive(true);
  return <Shell>{must ? <PasswordPage must /> : show(here.page, here.id)}</Shell>;
}

function App() {
  const now = useStore(session);
  const [problem, setProblem] = useState<Problem>();
  useStore(language); // every word changes with it
  const load = async () => {
    setProblem(undefined);
    try {
      const found = await get<Session>("/session");
      if (!languageChosen && found.account && found.language) language.set(found.language);
      session.set(found);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(500, "page", String(error)));
    }
  };
  useEffect(() => void load(), []);
  if (!now) {
    return problem ? (
      <main class="alone">
        <ProblemNote problem={problem} retry={() => void load()} />
      </main>
    ) : null;
  }
  if (now.first_run) return <FirstRunPage />;
  if (!now.signed_in) return <SignInPage />;
  return <SignedIn must={now.account?.must_change === true} />;
}

startPrefs();
startRoute();
render(<App />, document.getElementById("app")!);
