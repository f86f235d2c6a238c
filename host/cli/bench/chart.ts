import { absentText, type BenchReport, rateText } from "./report.js";

const ROW = 22;
const LABEL = 290;
const WIDTH = 460;
const VALUE = 110;

/** A report as bars in a page that needs nothing else: each group to its own scale, the middle round as a mark in the bar. */
export function pageOf({ node, machine, cores, groups, absent }: BenchReport): string {
  const charts = groups.map(({ name, unit, timings }) => {
    const most = Math.max(...timings.map(({ best }) => best));
    const lengthOf = (rate: number): number => Math.max(1, (rate / most) * WIDTH);
    const bars = timings.map(({ name, best, median }, i) => {
      const y = i * ROW;
      const middle = (LABEL + lengthOf(median)).toFixed(1);
      return (
        `<text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>` +
        `<rect x="${LABEL}" y="${y + 3}" width="${lengthOf(best).toFixed(1)}" height="${ROW - 6}" class="${i === 0 ? "ours" : "other"}"/>` +
        `<path d="M${middle} ${y + 3}v${ROW - 6}" class="middle"/>` +
        `<text x="${(LABEL + lengthOf(best) + 6).toFixed(1)}" y="${y + 15}">${rateText(best)}</text>`
      );
    });
    const height = timings.length * ROW;
    const size = `width="${LABEL + WIDTH + VALUE}" height="${height}" viewBox="0 0 ${LABEL + WIDTH + VALUE} ${height}"`;
    const label = `${escaped(name)}: ${escaped(unit)} per second`;
    return `<h2>${label}</h2>\n<svg ${size} role="img" aria-label="${label}">${bars.join("")}</svg>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>minimote bench</title>
<style>body{font:14px system-ui,sans-serif;margin:2em}h2{font-size:15px;margin:1.4em 0 .3em}.ours{fill:#1a7f5a}.other{fill:#9aa5b1}
.middle{stroke:#fff;stroke-width:2}svg{max-width:100%}</style>
<h1>minimote bench</h1>
<p>node ${escaped(node)}, ${escaped(machine)}, cores: ${cores}. Per second of CPU time: best round; the white mark is the middle one.</p>
${charts.join("\n")}
${absent.map((absentee) => `<p>${escaped(absentText(absentee))}</p>`).join("\n")}
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
