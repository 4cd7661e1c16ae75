// Icons are drawn, not fetched: one path each on a 24 grid.
// SPDX-License-Identifier: Apache-2.0
const paths = {
  back: "M3 12a9 9 0 1 0 3-6.7M3 4v5h5M12 7.5V12l3.2 2",
  bell: "M6 10a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 15 6 10zM10 20h4",
  check: "M4.5 12.5l5 5 10-11",
  clock: "M12 3a9 9 0 1 0 .1 0M12 7v5.3l3.5 2",
  copy: "M8 8h12v12H8zM4 16V4h12",
  doc: "M6 2.5h8.5L19 7v14.5H6zM14 2.5V7.5h5M9 12h7M9 16h7",
  save: "M12 4v11M7 10.500l5 5 5-5M4 20h16",
  down: "M12 5v14M6 13l6 6 6-6",
  up: "M12 19V5M6 11l6-6 6 6",
  find: "M11 4a7 7 0 1 0 .1 0M16.2 16.2L21 21",
  fire: "M12 3l9.5 17h-19zM12 10v4.5M12 17.3v.2",
  grid: "M3 3h18v18H3zM3 9h18M3 15h18M9 3v18M15 3v18",
  hand: "M9 9.5a3.6 3.6 0 1 0 0-.1M2.5 20c.6-4 3-6 6-6 1.5 0 2.8.4 3.8 1.3M13.5 18.5l2.6 2.5 5-5.5",
  home: "M3 11l9-8 9 8M5.5 9.500V21h13V9.500M10 21v-6h4v6",
  inbox: "M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5",
  gear:
    "M12 8.500a3.5 3.5 0 1 0 .1 0M12 2.500v3M12 18.500v3M2.5 12h3M18.5 12h3M5.3 5.300l2.1 2.1" +
    "M16.6 16.600l2.1 2.100M5.3 18.700l2.1-2.100M16.6 7.400l2.1-2.1",
  key: "M8 11a4.5 4.5 0 1 0 .1 0M11.5 12.500L20 4M16 8l3 3",
  link: "M3 12h4l2.5-7 4.5 14 2.5-7h4.5",
  list: "M4 6h.1M4 12h.1M4 18h.1M9 6h11M9 12h11M9 18h7",
  menu: "M4 6h16M4 12h16M4 18h16",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  sun:
    "M12 7.500a4.5 4.5 0 1 0 .1 0M12 2v2.500M12 19.500V22M2 12h2.500M19.5 12H22M5 5l1.7 1.7" +
    "M17.3 17.300L19 19M5 19l1.7-1.700M17.3 6.700L19 5",
  screen: "M3 4h18v12H3zM8 20h8M12 4v12",
  net: "M12 3a9 9 0 1 0 .1 0M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
  note: "M4 4h16v12l-4 4H4zM8 9h8M8 13h5",
  pass: "M12 3l8 3v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6zM8.5 12h7",
  pc: "M3 4h18v12H3zM8 20h8M12 16v4",
  person: "M12 4a4 4 0 1 0 .1 0M4 21c.8-5 4-7 8-7s7.2 2 8 7",
  phone:
    "M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v4c0 1-.8 2-2 2C10.5 20.5 3.5 13.5 3 5c0-1.2 1-2 2-2z",
  plus: "M12 5v14M5 12h14",
  print: "M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z",
  q: "M8.5 8.8a3.6 3.6 0 1 1 5 3.3c-1.1.6-1.5 1.2-1.5 2.4M12 18.3v.2",
  right: "M9 5l7 7-7 7",
  left: "M15 5l-7 7 7 7",
  out: "M14 4H4v16h10M10 12h11M17 8l4 4-4 4",
  shield: "M12 3l8 3v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6z",
  swap: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  undo: "M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3",
  usb: "M12 21V4M9 7l3-4 3 4M12 17l-5-3v-3M12 14l5-3V9M6 9h2v2H6zM16 7h2v2h-2z",
  wave: "M2 12h4l2-6 4 12 3-9 2 3h5",
  x: "M6 6l12 12M18 6L6 18",
};

export type IconName = keyof typeof paths;

export function Icon({ name, small, cls }: { name: IconName; small?: boolean; cls?: string }) {
  return (
    <svg
      class={"i" + (small ? " i-s" : "") + (cls ? " " + cls : "")}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The mark: five watches of the night, one lamp lit. */
export function Mark() {
  return (
    <svg viewBox="0 0 26 26" aria-hidden="true">
      <g class="watches">
        <rect x="1" y="9" width="3.6" height="13" rx="1" />
        <rect x="6.1" y="6.5" width="3.6" height="15.5" rx="1" />
        <rect x="16.3" y="6.5" width="3.6" height="15.5" rx="1" />
        <rect x="21.4" y="9" width="3.6" height="13" rx="1" />
      </g>
      <rect class="lamp" x="11.2" y="3" width="3.6" height="19" rx="1" />
    </svg>
  );
}
