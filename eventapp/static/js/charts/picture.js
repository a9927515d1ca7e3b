// A figure as a file that can stand by itself: its title above, and below it what was counted, with which filters, and
// when. Always in the light colours, for paper.

const WIDTH = 1200;
const EDGE = 32;
const SIZE = 14;
const LEADING = 21;

const linesNeeded = (words, font) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${SIZE}px ${font}`;
  return Math.ceil((pen.measureText(words).width * 1.05) / (WIDTH - 2 * EDGE)) || 1;
};

const compose = ({ title, lines, look, text, isRtl, draw }) => {
  const foot = lines.reduce((sum, words) => sum + linesNeeded(words, look.font), 0) * LEADING;
  const [top, bottom] = [84, foot + 24];
  const { option, height } = draw({ width: WIDTH - 2 * EDGE, top, bottom });
  const base = { left: isRtl ? "right" : "left", padding: 0 };
  const write = { color: look.ink, fontFamily: look.font, width: WIDTH - 2 * EDGE, overflow: "break" };
  return {
    option: {
      ...option,
      animation: false,
      title: [
        ...(option.title ?? []),
        { ...base, top: 24, text: text(title), textStyle: { ...write, fontSize: 24, fontWeight: 600 } },
        {
          ...base,
          top: top + height + 12,
          text: lines.map(text).join("\n"),
          textStyle: { ...write, color: look.muted, fontSize: SIZE, fontWeight: 400, lineHeight: LEADING },
        },
      ],
    },
    height: top + height + bottom,
  };
};

const svgOf = ({ library, ...rest }) => {
  const { option, height } = compose(rest);
  const chart = library.init(null, null, { renderer: "svg", ssr: true, width: WIDTH - 2 * EDGE, height });
  chart.setOption(option);
  const inside = chart.renderToSVGString({ useViewBox: false }).replace("<svg ", `<svg x="${EDGE}" `);
  chart.dispose();
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<rect width="100%" height="100%" fill="${rest.look.paper}"/>
${inside}
</svg>
`;
};

const pngOf = ({ library, ...rest }) => {
  const { option, height } = compose(rest);
  const scale = 2;
  const place = document.createElement("div");
  const chart = library.init(place, null, {
    renderer: "canvas",
    width: WIDTH - 2 * EDGE,
    height,
    devicePixelRatio: scale,
  });
  chart.setOption(option);
  const inside = chart.renderToCanvas({ pixelRatio: scale });
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [WIDTH * scale, height * scale];
  const pen = sheet.getContext("2d");
  pen.fillStyle = rest.look.paper;
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(inside, EDGE * scale, 0);
  chart.dispose();
  return new Promise((done) => sheet.toBlob(done, "image/png"));
};

export const save = async (kind, what) => {
  const blob = kind === "svg" ? new Blob([svgOf(what)], { type: "image/svg+xml" }) : await pngOf(what);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${what.file}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
