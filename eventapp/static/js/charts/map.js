// The world by country, in classes. The layer comes projected (docs/how-to/map-layer.md); shapes and points are known
// by alpha-2 code. A shape without a code stays neutral. Geography never mirrors.

const LEGEND = 40;
const LABELLED = [4, 14]; // so many of the largest numbers stand on a narrow and a wide map: a shade is never the only sign

export const prepare = async (figure, library) => {
  const answer = await fetch(figure.dataset.layer);
  if (!answer.ok) throw new Error(`the layer answers ${answer.status}`);
  const layer = await answer.json();
  const shapes = layer.features.filter(({ geometry }) => geometry.type !== "Point");
  const points = layer.features.filter(({ geometry }) => geometry.type === "Point");
  const middles = new Map(shapes.map((shape) => [shape.id, middleOf(shape)]));
  shapes.forEach((shape, place) => (shape.properties = { name: shape.id ?? `#${place}`, cp: middleOf(shape).at }));
  library.registerMap("countries", { ...layer, features: shapes });
  const known = new Set([...shapes, ...points].map(({ id }) => id));
  tellMissing(figure, known);
  return {
    bounds: boundsOf([...shapes, ...points]),
    shapes: new Set(shapes.map(({ id }) => id)),
    middles,
    points: new Map(points.map(({ id, geometry }) => [id, geometry.coordinates])),
  };
};

// Where a number can stand in a country: in the widest part of its largest shape at the height of its middle. The plain
// middle of Norway lies in Sweden.
const middleOf = ({ geometry }) => {
  const area = (ring) =>
    Math.abs(
      ring.reduce((sum, [x, y], place) => {
        const [a, b] = ring[(place + 1) % ring.length];
        return sum + x * b - a * y;
      }, 0),
    );
  const ring = geometry.coordinates.map(([outer]) => outer).sort((a, b) => area(b) - area(a))[0];
  const heights = ring.map(([, y]) => y);
  const y = (Math.min(...heights) + Math.max(...heights)) / 2 + 0.25; // never exactly at a corner
  const crossings = ring
    .flatMap(([x, from], place) => {
      const [a, to] = ring[(place + 1) % ring.length];
      return from > y !== to > y ? [x + ((a - x) * (y - from)) / (to - from)] : [];
    })
    .sort((a, b) => a - b);
  let widest = { at: ring[0], width: 0 };
  for (let place = 0; place + 1 < crossings.length; place += 2) {
    const [from, to] = [crossings[place], crossings[place + 1]];
    if (to - from > widest.width) widest = { at: [(from + to) / 2, y], width: to - from };
  }
  return widest;
};

// The codes whose numbers find room: where two would cover each other, the larger stays.
const apart = (largest, data, scale) => {
  const placed = new Map();
  for (const { name, digits } of largest) {
    const [x, y] = (data.points.get(name) ?? data.middles.get(name)?.at ?? [0, 0]).map((part) => part * scale);
    const width = 9 * digits + 4;
    const meets = [...placed.values()].some(
      (one) => Math.abs(one.x - x) < (one.width + width) / 2 && Math.abs(one.y - y) < 15,
    );
    if (!meets) placed.set(name, { x, y, width });
  }
  return new Set(placed.keys());
};

// Countries that no map of today holds, a state of history for instance, are named under it.
const tellMissing = (figure, known) => {
  const place = figure.querySelector("[data-graph-missing]");
  const missing = [...figure.querySelectorAll("[data-graph-table] tr[data-key]")].filter(
    ({ dataset }) => dataset.key && !known.has(dataset.key),
  );
  if (!place || !missing.length) return;
  const names = missing.map(
    (row) => `${row.querySelector("th").textContent.trim()} (${row.querySelector("td[data-v]").textContent.trim()})`,
  );
  place.textContent = place.dataset.graphMissing.replace(
    "\u2026",
    new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(names),
  );
  place.hidden = false;
};

// The part of the sheet that the layer fills; one of a single region gets the whole width.
const boundsOf = (features) => {
  const spots = features.map(({ geometry }) => geometry.coordinates.flat(geometry.type === "Point" ? 0 : 2));
  const [xs, ys] = [0, 1].map((axis) =>
    spots.flatMap((one) => (typeof one[0] === "number" ? [one[axis]] : one.map((at) => at[axis]))),
  );
  const least = (all) => all.reduce((a, b) => Math.min(a, b));
  const most = (all) => all.reduce((a, b) => Math.max(a, b));
  const rim = (most(xs) - least(xs)) / 90; // so that a point at the edge is whole
  return { left: least(xs) - rim, right: most(xs) + rim, low: least(ys) - rim, high: most(ys) + rim };
};

const drawnWidth = (kit) => Math.min(kit.width, 1400);

// As wide as there is room, but never higher than three quarters of that.
const drawnHeight = (kit, { bounds }) => {
  const width = drawnWidth(kit);
  return Math.round(Math.min((width * (bounds.high - bounds.low)) / (bounds.right - bounds.left), width * 0.75));
};

export const height = (kit, data) => drawnHeight(kit, data) + LEGEND + (kit.isNarrow ? 20 : 0);

export const option = (kit, data) => {
  const { look, words } = kit;
  const classes = words.classes.map(([low, high], place) => ({
    gte: low,
    lte: high,
    label: kit.text(words.classNames[place]),
    color: look[`h${6 - words.classes.length + place}`],
  }));
  const shown = kit.rows
    .map((row) => ({
      name: row.key,
      full: row.name,
      value: row.cells[0].value,
      text: row.cells[0].text,
      digits: kit.number(row.cells[0].value ?? 0).length, // the text holds marks of direction as well
    }))
    .filter(({ value }) => value);
  const byCode = new Map(shown.map((one) => [one.name, one]));
  const scale = drawnHeight(kit, data) / (data.bounds.high - data.bounds.low);
  const labelled = apart(
    [...shown].sort((a, b) => b.value - a.value).slice(0, LABELLED[kit.isNarrow ? 0 : 1]),
    data,
    scale,
  );
  // With fewer than five classes the darkest are used, so that one alone is seen.
  const shade = (value) =>
    6 - words.classes.length + words.classes.findIndex(([low, high]) => low <= value && value <= high);
  const label = {
    show: true,
    formatter: ({ name }) => (labelled.has(name) ? byCode.get(name).text : ""),
    fontSize: kit.isNarrow ? 11 : 12,
    fontWeight: 600,
    color: look.ink,
  };
  const regions = [...labelled].map((name) => ({
    name,
    label:
      (data.middles.get(name)?.width ?? 0) * scale > 9 * byCode.get(name).digits
        ? { color: look[`hi${shade(byCode.get(name).value)}`] }
        : { textBorderColor: look.paper, textBorderWidth: 3 }, // too narrow: a rim keeps it legible on its neighbours
  }));
  const tell = ({ name }) => (byCode.has(name) ? kit.text(`${byCode.get(name).full}  ${byCode.get(name).text}`) : "");
  const dots = [...data.points].map(([name, at]) => ({ name, value: [...at, byCode.get(name)?.value ?? 0] }));
  const sides = kit.width > 1400 ? (kit.width - 1400) / 2 : 0;
  return {
    geo: {
      map: "countries",
      aspectScale: 1,
      boundingCoords: [
        [data.bounds.left, data.bounds.high],
        [data.bounds.right, data.bounds.low],
      ],
      silent: false,
      left: sides,
      right: sides,
      top: kit.top,
      bottom: kit.bottom + LEGEND + (kit.isNarrow ? 20 : 0),
      itemStyle: { areaColor: look.h0, borderColor: look["line-strong"], borderWidth: 0.4 },
      emphasis: { disabled: true },
      select: { disabled: true },
      label,
      regions,
      tooltip: { show: true, formatter: tell },
    },
    visualMap: {
      type: "piecewise",
      pieces: classes,
      seriesIndex: [0, 1],
      orient: "horizontal",
      align: kit.start,
      inverse: kit.isRtl,
      [kit.start]: 0,
      bottom: kit.bottom,
      hoverLink: false,
      selectedMode: false,
      padding: 0,
      itemGap: 14,
      itemWidth: 18,
      itemHeight: 14,
      itemSymbol: "rect",
      textStyle: { color: look.ink, fontSize: 13 },
      outOfRange: { color: look.h0 },
    },
    tooltip: { trigger: "item", formatter: tell },
    series: [
      {
        type: "map",
        geoIndex: 0,
        data: shown.filter(({ name }) => data.shapes.has(name)).map(({ name, value }) => ({ name, value })),
      },
      {
        type: "scatter",
        coordinateSystem: "geo",
        data: dots.filter(({ value }) => value[2]),
        symbolSize: kit.isNarrow ? 6 : 9,
        itemStyle: { borderColor: look.ink, borderWidth: 0.8 },
        label: { ...label, position: "right", textBorderColor: look.paper, textBorderWidth: 3 },
        labelLayout: { hideOverlap: true },
        cursor: "default",
      },
      {
        type: "scatter",
        coordinateSystem: "geo",
        silent: true,
        z: 1,
        data: dots.filter(({ value }) => !value[2]).map(({ value }) => value.slice(0, 2)),
        symbolSize: kit.isNarrow ? 1.5 : 3,
        itemStyle: { color: look.h0, borderColor: look["line-strong"], borderWidth: 0.6 },
      },
    ],
  };
};
