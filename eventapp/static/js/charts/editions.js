// All editions: what was published (an open diamond on a dashed line, its qualifier in words) beside what the
// registrations add up to (a full circle on an unbroken line). Where there is little room the editions run downwards.
// Cells of a row: participants published, people computed, countries published, countries computed.

const ROW = 46;

export const height = (kit) => (kit.isNarrow ? 2 * (kit.rows.length * ROW + 60) + 34 : 590);

export const option = (kit) => {
  const { look, rows, words } = kit;
  const down = kit.isNarrow;
  const panel = down ? kit.rows.length * ROW : 190;
  const first = kit.top + (down ? 78 : 66);
  const tops = [first, first + panel + (down ? 60 : 90)];
  const names = (place) => ({
    type: "category",
    gridIndex: place,
    data: rows.map((row) => kit.text(row.name)),
    inverse: down || kit.isRtl,
    ...(down && { position: kit.start }),
    axisLine: { lineStyle: { color: look.ink } },
    axisTick: { show: false },
    axisLabel: {
      color: look.ink,
      fontSize: 12,
      lineHeight: 16,
      interval: down || (kit.width - 80) / rows.length > 66 ? 0 : "auto",
      hideOverlap: true,
      formatter: (name) => name.replace(" · ", kit.isRtl ? "\u2069\n\u2067" : "\n"),
    },
  });
  const scale = (place, name) => ({
    type: "value",
    gridIndex: place,
    ...(down ? { inverse: kit.isRtl, position: "bottom" } : { position: kit.start }),
    min: 0,
    boundaryGap: [0, down ? "45%" : "20%"], // room for the words at the highest
    splitNumber: 3,
    axisLabel: { show: !down, color: look.muted, fontSize: 12, formatter: kit.number },
    splitLine: { show: !down, lineStyle: { color: look.line } },
    ...(!down && {
      name: kit.text(name),
      nameGap: 20,
      nameTextStyle: {
        color: look.ink,
        fontSize: 14,
        fontWeight: 600,
        align: kit.start,
        padding: kit.isRtl ? [0, -56, 0, 0] : [0, 0, 0, -56],
      },
    }),
  });
  const sides = down ? { [kit.start]: 84, [kit.end]: 8 } : { [kit.start]: 56, [kit.end]: 24 };
  // The words stand where neither the line nor the other figure of the edition runs through them: over a point and to
  // the side from which the line falls away, or below it.
  const beside = (place, column, side) => {
    const value = rows[place].cells[column].value;
    const most = Math.max(...rows.map((row) => row.cells[column].value ?? 0), 1);
    const steep = (some) => {
      const next = some.find((row) => row.cells[column].value !== null)?.cells[column].value ?? value;
      return ((next - value) / most) * panel > 16; // flatter ones pass below the words
    };
    const [falls, rises] = [steep(rows.slice(0, place).reverse()), steep(rows.slice(place + 1))];
    const isAlone = rows[place].cells[column + (side === "bottom" ? -1 : 1)].value === null;
    if (!isAlone) return { position: side };
    if (falls && rises) return { position: "bottom" };
    return { position: "top", ...(place && falls !== rises && { align: rises ? kit.end : kit.start }) };
  };
  const line = (panelAt, column, more) => ({
    type: "line",
    xAxisIndex: panelAt,
    yAxisIndex: panelAt,
    symbolSize: 11,
    data: rows.map((row, place) => ({
      value: row.cells[column].value,
      label: down ? { position: kit.end } : beside(place, column, more.side),
    })),
    connectNulls: true,
    cursor: "default",
    labelLayout: { hideOverlap: true },
    ...more,
    label: {
      show: true,
      color: look.ink,
      fontSize: 12,
      distance: 8,
      formatter: ({ dataIndex }) => rows[dataIndex].cells[column].text,
      textBorderColor: look.paper,
      textBorderWidth: 3,
    },
  });
  const published = {
    side: "top",
    name: kit.text(words.published),
    symbol: "diamond",
    itemStyle: { color: look.paper, borderColor: look["accent-text"], borderWidth: 2 },
    lineStyle: { color: look["accent-text"], width: 1.5, type: [5, 4] },
  };
  const computed = {
    side: "bottom",
    name: kit.text(words.computed),
    symbol: "circle",
    itemStyle: { color: look.brand },
    lineStyle: { color: look.brand, width: 2.5 },
    z: 3,
  };
  const hasPublished = rows.some((row) => row.cells[0].value !== null || row.cells[2].value !== null);
  const told = hasPublished ? [published.name, computed.name] : [computed.name];
  const axes = [0, 1].map(names);
  const scales = [scale(0, words.people), scale(1, words.countries)];
  return {
    ...(down && {
      title: [words.people, words.countries].map((name, place) => ({
        text: kit.text(name),
        [kit.start]: 0,
        top: tops[place] - 30,
        padding: 0,
        textStyle: { color: look.ink, fontSize: 14, fontWeight: 600 },
      })),
    }),
    legend: {
      data: down ? told : kit.inOrder(told),
      top: kit.top,
      padding: 0,
      itemGap: down ? 6 : 24,
      [kit.start]: 0,
      align: kit.start,
      selectedMode: false,
      itemWidth: 40,
      itemHeight: 11,
      orient: down ? "vertical" : "horizontal",
      textStyle: { color: look.ink, fontSize: 13 },
    },
    grid: tops.map((top) => ({ ...sides, top, height: panel, outerBoundsMode: "none" })),
    xAxis: down ? scales : axes,
    yAxis: down ? axes : scales,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "none" },
      formatter: ([{ dataIndex, axisIndex }]) => {
        const row = rows[dataIndex];
        const figures = [
          [words.published, 2 * axisIndex],
          [words.computed, 2 * axisIndex + 1],
        ]
          .filter(([, column]) => row.cells[column].value !== null)
          .map(([name, column]) => kit.text(`${name}  ${row.cells[column].text}`));
        return [kit.text(row.name), ...figures].join("\n");
      },
    },
    series: [line(0, 0, published), line(0, 1, computed), line(1, 2, published), line(1, 3, computed)],
  };
};
