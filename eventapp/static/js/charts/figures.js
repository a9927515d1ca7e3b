// Draws every <figure data-graph> of a page from its own table, so that a drawing never says another number than the
// table. Without this script the tables stand open, and nothing is missing. Addresses of the modules stand on the
// figure, each with its hash: data-library (ECharts), data-draw (what draws this one), data-picture (the downloads).

const root = document.documentElement;
const isRtl = root.dir === "rtl";
const locale = `${root.lang}-u-nu-latn`; // Western digits in every language, as everywhere on the site
const still = matchMedia("(prefers-reduced-motion: reduce)");
const paper = matchMedia("print");
const drawn = new Map();
let library;

const TOKENS = [
  "ink",
  "muted",
  "line",
  "line-strong",
  "paper",
  "mist",
  "brand",
  "accent",
  "accent-text",
  "landfill",
  "landline",
  "h0",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "hi1",
  "hi2",
  "hi3",
  "hi4",
  "hi5",
];

// The colours as they stand for an element: the page's, or those of its light set for a picture.
const lookOf = (element) => {
  const style = getComputedStyle(element);
  const look = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  // ECharts writes the name into an attribute as it is
  return { ...look, font: style.getPropertyValue("--font").trim().replaceAll('"', "'") };
};

const lightLook = () => {
  const probe = document.createElement("div");
  probe.dataset.bsTheme = "light";
  document.body.append(probe);
  const look = lookOf(probe);
  probe.remove();
  return look;
};

// A text that keeps its own direction inside a drawing, which always runs from left to right.
const text = (words) => (isRtl && words ? `\u2067${words}\u2069` : words);
const number = (value) => new Intl.NumberFormat(locale).format(value);

const rowsOf = (figure) =>
  [...figure.querySelectorAll("[data-graph-table] tbody tr[data-key]")].map((row) => ({
    key: row.dataset.key,
    name: row.querySelector("th").textContent.trim(),
    cells: [...row.querySelectorAll("td[data-v]")].map((cell) => ({
      value: cell.dataset.v === "" ? null : Number(cell.dataset.v),
      text: text(cell.textContent.trim()),
    })),
  }));

// What a drawing may know: its numbers, its words, how it should look, and how much room there is.
const kitFor = (figure, { width, look, picture = false, top = 0, bottom = 0 }) => ({
  rows: rowsOf(figure),
  words: JSON.parse(figure.dataset.words || "{}"),
  look,
  width,
  isNarrow: width < 560,
  isRtl,
  picture,
  top,
  bottom,
  text,
  number,
  locale,
  start: isRtl ? "right" : "left",
  end: isRtl ? "left" : "right",
  inOrder: (names) => (isRtl ? [...names].reverse() : names), // a row is written from left to right
});

// What all drawings share: type, one sober tooltip drawn into the picture itself, no movement unless it is welcome.
const whole = (option, kit) => ({
  animation: !kit.picture && !still.matches && !paper.matches, // a sheet would show the first moment of it
  animationDuration: 300,
  animationDurationUpdate: 200,
  textStyle: { fontFamily: kit.look.font, fontSize: 13, color: kit.look.ink },
  aria: { enabled: true, label: { enabled: false } },
  ...option,
  tooltip: {
    renderMode: "richText", // the other kind writes style attributes, which the policy forbids
    confine: true,
    backgroundColor: kit.look.paper,
    borderColor: kit.look["line-strong"],
    textStyle: { fontFamily: kit.look.font, fontSize: 13, color: kit.look.ink },
    ...option.tooltip,
  },
});

const paint = ({ figure, canvas, chart, drawer, data }) => {
  const kit = kitFor(figure, { width: canvas.clientWidth, look: lookOf(canvas) });
  canvas.style.blockSize = `${drawer.height(kit, data)}px`;
  chart.resize();
  chart.setOption(whole(drawer.option(kit, data), kit), true);
};

const paintAll = () => drawn.forEach(paint);

// In print the page is light, whatever it is on the screen; what is drawn must be there before the sheet is taken.
const paintAtOnce = () => {
  paintAll();
  drawn.forEach(({ chart }) => chart.getZr().flush());
};

const save = async (figure, kind) => {
  const one = drawn.get(figure);
  const picture = await import(figure.dataset.picture);
  await picture.save(kind, {
    library,
    isRtl,
    text,
    look: lightLook(),
    title: figure.dataset.title,
    lines: [
      ...JSON.parse(figure.dataset.lines),
      ...[...figure.querySelectorAll("[data-graph-missing]:not([hidden])")].map((one) => one.textContent),
    ],
    file: figure.dataset.file,
    draw: (room) => {
      const kit = kitFor(figure, { ...room, look: lightLook(), picture: true });
      return { option: whole(one.drawer.option(kit, one.data), kit), height: one.drawer.height(kit, one.data) };
    },
  });
};

const giveUp = (figure) => {
  figure.querySelector("[data-graph-canvas]").hidden = true;
  figure.querySelector("[data-graph-tools]").hidden = true;
  figure.querySelector("details").open = true;
};

const begin = async (figure) => {
  const canvas = figure.querySelector("[data-graph-canvas]");
  try {
    const [loaded, drawer] = await Promise.all([import(figure.dataset.library), import(figure.dataset.draw)]);
    library = loaded;
    const data = await drawer.prepare?.(figure, library);
    if (document.fonts?.ready) await document.fonts.ready; // widths of words are measured once
    const chart = library.init(canvas, null, { renderer: "svg" });
    canvas.firstElementChild.setAttribute("aria-hidden", "true");
    const one = { figure, canvas, chart, drawer, data };
    drawn.set(figure, one);
    paint(one);
    figure.querySelector("[data-graph-tools]").hidden = false;
    figure.dataset.drawn = "yes";
    new ResizeObserver(() => {
      if (canvas.clientWidth && canvas.clientWidth !== chart.getWidth()) paint(one);
    }).observe(canvas);
  } catch (problem) {
    giveUp(figure); // the table says the same
    throw problem;
  }
};

const figures = document.querySelectorAll("figure[data-graph]");
const near = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      begin(target);
    }
  },
  { rootMargin: "600px" },
);

for (const figure of figures) {
  figure.querySelector("[data-graph-canvas]").hidden = false;
  figure.querySelector("details").open = false;
  near.observe(figure);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-graph-save]");
  if (button) save(button.closest("figure"), button.dataset.graphSave);
});
new MutationObserver(paintAll).observe(root, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
paper.addEventListener("change", paintAtOnce);
