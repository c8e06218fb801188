import { html } from "htm/preact";

// Paths of 24 by 24, drawn as lines.
/** @type {Record<string, string>} */
const PATHS = {
  home: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  book: "M5 4h10a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h10",
  exam: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  card: "M4 6h16v12H4zM8 10h5M8 14h8",
  check: "M5 12.5l4.5 4.5L19 7.5",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  money: "M3 7h18v10H3zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M6.5 12h.01M17.5 12h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20a7.5 7.5 0 0 1 15 0",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14a6 6 0 0 1 3.5 6",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l4.5 4.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M4.500 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17.500 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  edit: "M4 20l1-5L16 4l4 4L9 19z",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  forward: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  out: "M14 5h5v14h-5M4 12h11M11 8l4 4-4 4",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8h.01",
  offline: "M4 4l16 16M5 12a10 10 0 0 1 4-2.4M2 8.5a15 15 0 0 1 4-2.3M12.5 9a10 10 0 0 1 6.500 3M11 5a15 15 0 0 1 11 3.500M9 15.500a5 5 0 0 1 5-.5M12 19h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  video: "M4 6h11v12H4zM15 10.500l5-3v9l-5-3z",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  flag: "M6 21V4h12l-3 4 3 4H6",
  chart: "M4 20h16M7 20v-7M12 20V5M17 20v-10",
  message: "M4 5h16v11H9l-5 4z",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  upload: "M12 16V5M7 9l5-5 5 5M4 20h16",
};

/** A picture beside words that say the same; nobody needs it to understand. `flips` where it points along the line.
 * @param {{ name: string, flips?: boolean }} props */
export function Icon({ name, flips = ["forward", "back", "out", "list", "message"].includes(name) }) {
  return html`<svg class="icon" data-flips=${flips ? "" : undefined} viewBox="0 0 24 24" aria-hidden="true">
    <path d=${PATHS[name]} />
  </svg>`;
}
