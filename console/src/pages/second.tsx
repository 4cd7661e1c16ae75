// The second file of the console: what stands here is fetched when it is first opened, so that the
// first figures do not wait for it. SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { FeedsPage } from "./feeds";
import { ImportPage } from "./import";
import { ListPage, ListsPage } from "./lists";

export const pages: Record<"feeds" | "import" | "list" | "lists", (props: { id: string }) => ComponentChildren> = {
  feeds: () => <FeedsPage />,
  import: () => <ImportPage />,
  list: ({ id }) => <ListPage id={id} />,
  lists: () => <ListsPage />,
};
