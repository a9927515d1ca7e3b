// Registrations per day: above, what came in altogether; below, what came in on each day. The earlier edition stands at
// the same distance from its first day, told apart by its dashes and its symbol and not by colour alone.
// Cells of a row: received, in all, and of the earlier edition received, in all.

const LEGEND = 40;

const legendHeight = (kit) => (kit.words.before ? LEGEND : 0);

export const height = (kit) => (kit.isNarrow ? 380 : 420) + legendHeight(kit);

const marks = (kit) => {
  const keys = kit.rows.map((row) => row.key);
  const months = new Intl.DateTimeFormat(kit.locale, { month: "short", year: "2-digit", timeZone: "UTC" });
  if (!kit.words.byDistance)
    return { keep: (key) => key.endsWith("-01"), word: (key) => kit.text(months.format(new Date(key))) };
  const step = [1, 2, 7, 14, 30, 60, 90].find((one) => keys.length / one <= (kit.isNarrow ? 5 : 10)) ?? 180;
  return { keep: (key) => Number(key) % step === 0, word: (key) => kit.number(Number(key)) };
};

export const option = (kit) => {
  const { look, rows, words } = kit;
  const column = (place) => rows.map((row) => row.cells[place]?.value ?? null);
  const last = rows.findLastIndex((row) => row.cells[1].value !== null);
  const { keep, word } = marks(kit);
  const axis = (place) => ({
    type: "category",
    gridIndex: place,
    data: rows.map((row) => row.key),
    inverse: kit.isRtl,
    boundaryGap: true,
    axisLine: { lineStyle: { color: look.ink } },
    axisTick: { show: place === 1, alignWithLabel: true, interval: (_, key) => keep(key) },
    axisLabel: { show: place === 1, color: look.ink, fontSize: 12, interval: (_, key) => keep(key), formatter: word },
    ...(place === 1 && {
      name: kit.text(words.axis),
      nameLocation: "middle",
      nameGap: 30,
      nameTextStyle: { color: look.muted, fontSize: 13 },
    }),
  });
  const scale = (place, name) => ({
    type: "value",
    gridIndex: place,
    position: kit.start,
    min: 0,
    minInterval: 1,
    splitNumber: place ? 2 : 4,
    name: kit.text(name),
    nameGap: 16,
    nameTextStyle: {
      color: look.muted,
      fontSize: 13,
      align: kit.start,
      padding: kit.isRtl ? [0, -52, 0, 0] : [0, 0, 0, -52],
    },
    axisLabel: { color: look.muted, fontSize: 12, formatter: kit.number },
    splitLine: { lineStyle: { color: look.line } },
  });
  const sides = { [kit.start]: 52, [kit.end]: 24, outerBoundsMode: "none" };
  const tall = height(kit) - legendHeight(kit) + 40;
  const point = (place, values, side) =>
    values.map((value, at) =>
      at === last && value !== null
        ? {
            value,
            symbolSize: 9,
            label: {
              show: true,
              position: side,
              distance: 8,
              formatter: rows[at].cells[place].text,
              color: look.ink,
              fontWeight: 600,
              textBorderColor: look.paper,
              textBorderWidth: 3,
            },
          }
        : value,
    );
  const now = {
    name: kit.text(words.now),
    itemStyle: { color: look.brand },
    lineStyle: { color: look.brand, width: 2.5 },
  };
  const earlier = {
    name: kit.text(words.before),
    itemStyle: { color: look["accent-text"] },
    lineStyle: { color: look["accent-text"], width: 2, type: [6, 4] },
  };
  const line = { type: "line", symbolSize: 0, showSymbol: true, cursor: "default", connectNulls: false };
  return {
    legend: {
      show: Boolean(words.before),
      data: kit.inOrder([now.name, earlier.name]),
      top: kit.top,
      padding: 0,
      itemGap: 24,
      [kit.start]: 0,
      align: kit.start,
      selectedMode: false,
      itemWidth: 34,
      textStyle: { color: look.ink, fontSize: 13 },
    },
    grid: [
      { ...sides, top: kit.top + legendHeight(kit) + 24, height: tall * 0.46 },
      { ...sides, top: kit.top + legendHeight(kit) + tall * 0.46 + 64, bottom: kit.bottom + 52 },
    ],
    xAxis: [axis(0), axis(1)],
    yAxis: [scale(0, words.inAll), scale(1, words.perDay)],
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: look.muted } },
      formatter: ([{ dataIndex }]) => {
        const row = rows[dataIndex];
        const told = [
          [words.now, 1, 0],
          [words.before, 3, 2],
        ]
          .filter(([name, all]) => name && row.cells[all] && row.cells[all].value !== null)
          .map(([name, all, day]) => kit.text(`${name}  ${row.cells[all].text} (+${row.cells[day].text})`));
        return [kit.text(row.name), ...told].join("\n");
      },
    },
    series: [
      { ...line, ...now, symbol: "circle", data: point(1, column(1), "top"), z: 3 },
      ...(words.before ? [{ ...line, ...earlier, symbol: "diamond", data: point(3, column(3), "bottom") }] : []),
      {
        type: "bar",
        name: now.name,
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: column(0),
        itemStyle: { color: look.brand },
        barCategoryGap: "15%",
        barMaxWidth: 28,
        cursor: "default",
      },
      ...(words.before
        ? [
            {
              ...line,
              ...earlier,
              symbol: "none",
              xAxisIndex: 1,
              yAxisIndex: 1,
              data: column(2),
              step: "middle",
              lineStyle: { ...earlier.lineStyle, width: 1.2, type: "solid" },
            },
          ]
        : []),
    ],
  };
};
