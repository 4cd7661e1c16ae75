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
import { AccountsPage } from "./pages/accounts";
import { CapturePage } from "./pages/capture";
import { EnrolPage } from "./pages/enrol";
import { FindingsPage } from "./pages/findings";
import { FirstRunPage } from "./pages/first_run";
import { HuntsPage } from "./pages/hunt";
import { HuntPage } from "./pages/hunt_result";
import { IncidentPage } from "./pages/incident";
import { IncidentsPage } from "./pages/incidents";
import { MachinePage } from "./pages/machine";
import { MachinesPage } from "./pages/machines";
import { MatrixPage } from "./pages/matrix";
import { OfflinePage } from "./pages/offline";
import { PasswordPage } from "./pages/password";
import { ReportPage } from "./pages/report";
import { ReportsPage } from "./pages/reports";
import { SignInPage } from "./pages/sign_in";
import { StatusPage } from "./pages/status";
import { TracePage, TracesPage } from "./pages/trace";
import { TrafficPage } from "./pages/traffic";
import { UnitPage } from "./pages/unit";
import { UnitsPage } from "./pages/units";
import { Page } from "./ui/page";
import { Shell } from "./ui/shell";
import { Empty, ProblemNote } from "./ui/states";
import { t } from "./words";

// Pages of the second file: fetched when the first of them is opened.
function Later({ page, id }: { page: keyof typeof import("./pages/second").pages; id: string }) {
  const [second, setSecond] = useState<typeof import("./pages/second")>();
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    import("./pages/second").then(setSecond, () => setFailed(true));
  };
  useEffect(load, []);
  if (failed) return <ProblemNote problem={new Problem(0, "network", "")} retry={load} />;
  const Show = second?.pages[page];
  return Show ? <Show key={page + id} id={id} /> : null;
}

const pages: Record<string, (props: { id: string }) => ComponentChildren> = {
  matrix: () => <MatrixPage />,
  units: () => <UnitsPage />,
  unit: ({ id }) => <UnitPage key={id} id={id} />,
  machines: () => <MachinesPage />,
  machine: ({ id }) => <MachinePage key={id} id={id} />,
  lists: ({ id }) => <Later page="lists" id={id} />,
  list: ({ id }) => <Later page="list" id={id} />,
  import: ({ id }) => <Later page="import" id={id} />,
  feeds: ({ id }) => <Later page="feeds" id={id} />,
  traffic: () => <TrafficPage />,
  hunt: ({ id }) => (id ? <HuntPage key={id} id={id} /> : <HuntsPage />),
  trace: ({ id }) => (id ? <TracePage key={id} id={id} /> : <TracesPage />),
  capture: () => <CapturePage />,
  findings: () => <FindingsPage />,
  incidents: () => <IncidentsPage />,
  incident: ({ id }) => <IncidentPage key={id} id={id} />,
  reports: () => <ReportsPage />,
  report: ({ id }) => <ReportPage key={id} id={id} />,
  enrol: () => <EnrolPage />,
  offline: () => <OfflinePage />,
  accounts: () => <AccountsPage />,
  status: () => <StatusPage />,
  password: () => <PasswordPage />,
};

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
  const show = must ? () => <PasswordPage must /> : pages[here.page];
  return <Shell>{show ? show({ id: here.id }) : <Missing />}</Shell>;
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
