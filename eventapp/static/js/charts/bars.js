// A bar for each row. Columns: one number; or two, the second holding the first (approved within registered).

const BAR = 18;
const ROW = 34;

const labelWidth = (kit) => (kit.isNarrow ? Math.round(kit.width * 0.38) : 240);
const legendHeight = (kit) => (kit.words.rest ? (kit.isNarrow ? 58 : 34) : 0);

export const height = (kit) => kit.rows.length * ROW + legendHeight(kit) + 12;

export const option = (kit) => {
  const { look, rows, words } = kit;
  const outer = rows.map((row) => row.cells.at(-1));
  const inner = rows.map((row) => row.cells[0]);
  const total = outer.reduce((sum, cell) => sum + cell.value, 0);
  const share = (cell) => new Intl.NumberFormat(kit.locale, { style: "percent" }).format(cell.value / total);
  const ends = {
    show: true,
    position: kit.end,
    distance: 8,
    color: look.ink,
    formatter: ({ dataIndex }) =>
      kit.inOrder([outer[dataIndex].text, `{share|${share(outer[dataIndex])}}`]).join("  "),
    rich: { share: { color: look.muted, fontSize: 12 } },
  };
  const bar = { type: "bar", stack: "all", barWidth: BAR, silent: false, cursor: "default" };
  const series = words.rest
    ? [
        {
          ...bar,
          name: kit.text(words.inner),
          data: inner.map((cell) => cell.value),
          itemStyle: { color: look.brand },
        },
        {
          ...bar,
          name: kit.text(words.rest),
          data: outer.map((cell, place) => cell.value - inner[place].value),
          itemStyle: {
            color: look.h3,
            decal: {
              symbol: "line",
              dashArrayX: [1, 0],
              dashArrayY: [2, 4],
              rotation: -Math.PI / 4,
              color: look.paper,
            },
          },
          label: ends,
        },
      ]
    : [
        {
          ...bar,
          name: kit.text(words.outer),
          data: outer.map((cell) => cell.value),
          itemStyle: { color: look.brand },
          label: ends,
        },
      ];
  const wide = labelWidth(kit);
  const room = 84; // for the number behind the longest bar
  return {
    grid: {
      top: kit.top + legendHeight(kit),
      bottom: kit.bottom + 12,
      [kit.start]: wide + 12,
      [kit.end]: room,
      outerBoundsMode: "none",
    },
    legend: {
      show: Boolean(words.rest),
      data: kit.isNarrow ? series.map(({ name }) => name) : kit.inOrder(series.map(({ name }) => name)),
      orient: kit.isNarrow ? "vertical" : "horizontal",
      top: kit.top,
      padding: 0,
      itemGap: kit.isNarrow ? 8 : 24,
      [kit.start]: 0,
      align: kit.start,
      selectedMode: false,
      itemHeight: 12,
      textStyle: { color: look.ink, fontSize: 13 },
    },
    xAxis: {
      type: "value",
      show: false,
      inverse: kit.isRtl,
      min: 0,
      max: Math.max(...outer.map((cell) => cell.value), 1),
    },
    yAxis: {
      type: "category",
      inverse: true,
      position: kit.start,
      data: rows.map((row) => kit.text(row.name)),
      axisLine: { lineStyle: { color: look["line-strong"] } },
      axisTick: { show: false },
      axisLabel: {
        color: look.ink,
        fontSize: kit.isNarrow ? 12 : 14,
        lineHeight: 15,
        width: wide,
        overflow: "break",
        margin: 12,
      },
    },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "none" },
      formatter: ([{ dataIndex }]) =>
        [
          kit.text(rows[dataIndex].name),
          ...(words.rest ? [kit.text(`${words.inner}  ${inner[dataIndex].text}`)] : []),
          kit.text(`${words.outer}  ${outer[dataIndex].text}`),
        ].join("\n"),
    },
    series,
  };
};
