// Build the part of Apache ECharts that the charts use, fit for the strict Content-Security-Policy.
//
//     npm install echarts@6 esbuild && node scripts/vendor_echarts.mjs node_modules
//
// One place is changed, checked to be there exactly once: a way to read maps as program text is taken out.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const modules = resolve(process.argv[2] ?? "node_modules");
const vendor = join(dirname(fileURLToPath(import.meta.url)), "../eventapp/static/vendor");
const { build } = createRequire(join(modules, "esbuild/package.json"))("esbuild");

const ENTRY = `
export { init, registerMap } from "echarts/core";
import { use } from "echarts/core";
import { BarChart, LineChart, MapChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, GeoComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent,
  VisualMapPiecewiseComponent,
} from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
use([
  BarChart, LineChart, MapChart, ScatterChart, AriaComponent, GeoComponent, GridComponent, LegendComponent,
  TitleComponent, TooltipComponent, VisualMapPiecewiseComponent, LabelLayout, CanvasRenderer, SVGRenderer,
]);
`;

const CHANGES = {
  "echarts/lib/coord/geo/GeoJSONResource.js": [
    "typeof JSON !== 'undefined' && JSON.parse ? JSON.parse(source) : new Function('return (' + source + ');')()",
    "JSON.parse(source)",
  ],
};

const strict = {
  name: "strict",
  setup(one) {
    for (const [file, [old, changed]] of Object.entries(CHANGES)) {
      one.onLoad({ filter: new RegExp(`${file.replaceAll(".", "\\.")}$`) }, ({ path }) => {
        const parts = readFileSync(path, "utf8").split(old);
        if (parts.length !== 2) throw new Error(`${file} is not as expected; look at it again`);
        return { contents: parts.join(changed), loader: "js" };
      });
    }
  },
};

const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const licence = (title, file) => `${title}\n\n${readFileSync(join(modules, file), "utf8").trim()}\n`;

const result = await build({
  stdin: { contents: ENTRY, resolveDir: dirname(modules) },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  legalComments: "none",
  banner: {
    js: `/* Apache ECharts ${version("echarts")}, Apache-2.0; with zrender ${version("zrender")}, BSD-3-Clause, and tslib ${version("tslib")}, 0BSD. See LICENSE-echarts.txt. */`,
  },
  plugins: [strict],
  write: false,
});
const content = result.outputFiles[0].contents;
if (/\beval\(|new Function/.test(result.outputFiles[0].text)) throw new Error("program text is made from strings");
writeFileSync(join(vendor, "echarts.min.js"), content);
writeFileSync(
  join(vendor, "LICENSE-echarts.txt"),
  [
    readFileSync(join(modules, "echarts/NOTICE"), "utf8").trim() + "\n",
    licence("Apache ECharts", "echarts/LICENSE"),
    licence("Parts of ECharts that come from D3", "echarts/licenses/LICENSE-d3"),
    licence("zrender", "zrender/LICENSE"),
    licence("tslib", "tslib/LICENSE.txt"),
  ].join(`\n${"-".repeat(78)}\n\n`),
);
console.log(createHash("sha256").update(content).digest("hex"), "echarts.min.js", version("echarts"));
console.log(content.length, "bytes,", gzipSync(content, { level: 9 }).length, "gzipped");
