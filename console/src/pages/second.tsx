// The second file of the console: what stands here is fetched when it is first opened, so that the
// first figures do not wait for it. SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { AccountsPage } from "./accounts";
import { CapturePage } from "./capture";
import { EnrolPage } from "./enrol";
import { FeedsPage } from "./feeds";
import { HuntsPage } from "./hunt";
import { HuntPage } from "./hunt_result";
import { ImportPage } from "./import";
import { ListPage, ListsPage } from "./lists";
import { OfflinePage } from "./offline";
import { ReportPage } from "./report";
import { ReportsPage } from "./reports";
import { StatusPage } from "./status";
import { TracePage, TracesPage } from "./trace";
import { TrafficPage } from "./traffic";

type Show = (props: { id: string }) => ComponentChildren;

export const pages = {
  accounts: () => <AccountsPage />,
  capture: () => <CapturePage />,
  enrol: () => <EnrolPage />,
  feeds: () => <FeedsPage />,
  hunt: ({ id }) => (id ? <HuntPage id={id} /> : <HuntsPage />),
  import: () => <ImportPage />,
  list: ({ id }) => <ListPage id={id} />,
  lists: () => <ListsPage />,
  offline: () => <OfflinePage />,
  report: ({ id }) => <ReportPage id={id} />,
  reports: () => <ReportsPage />,
  status: () => <StatusPage />,
  trace: ({ id }) => (id ? <TracePage id={id} /> : <TracesPage />),
  traffic: () => <TrafficPage />,
} satisfies Record<string, Show>;
