//! A bar for each server, with the range of its measurements, as SVG for light and dark pages.

use super::Chapter;
use super::numbers::number;
use crate::outcome::Figure;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 130.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 44.0;
const ROW: f64 = 30.0;
const BAR: f64 = 18.0;

const STYLE: &str = "<style>\
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }\
    .title { font-weight: 600; }\
    .bar { fill: #8c959f; } .own { fill: #0969da; }\
    .range { stroke: #1f2328; stroke-width: 1.5; }\
    .axis { stroke: #d0d7de; }\
    @media (prefers-color-scheme: dark) {\
    text { fill: #e6edf3; } .bar { fill: #6e7681; } .own { fill: #4493f8; }\
    .range { stroke: #e6edf3; } .axis { stroke: #3d444d; } }\
    </style>";

/// The figure's name for a file.
pub(super) fn slug(figure: Figure) -> &'static str {
    match figure {
        Figure::PerCpuSecond => "per-cpu-second",
        Figure::PerSecond => "per-second",
        Figure::P99Ms => "p99",
        Figure::KibPerConnection => "memory",
        _ => "figure",
    }
}

/// Draws it.
pub(super) fn draw(chapter: &Chapter<'_>, figure: Figure) -> String {
    let rows: Vec<_> = chapter
        .rows
        .iter()
        .filter_map(|row| Some((row, row.spread(figure)?)))
        .collect();
    let most = rows
        .iter()
        .map(|(_, spread)| spread.most)
        .fold(0.0, f64::max);
    let scale = (WIDTH - LEFT - RIGHT) / if most > 0.0 { most } else { 1.0 };
    let height = TOP + ROW * rows.len() as f64 + 8.0;
    let title = format!("{}: {}", chapter.scenario.title, figure.title());
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{0}">
{STYLE}
<text class="title" x="8" y="24">{0}</text>
<line class="axis" x1="{LEFT}" y1="{1}" x2="{LEFT}" y2="{2}"/>
"#,
        escape(&title),
        TOP - 6.0,
        height - 6.0,
    );
    for (n, (row, spread)) in rows.iter().enumerate() {
        let top = TOP + ROW * n as f64;
        let middle = top + BAR / 2.0;
        let at = |value: f64| LEFT + value * scale;
        let class = if row.name == "parlor" {
            "bar own"
        } else {
            "bar"
        };
        svg += &format!(
            r#"<text x="{0:.0}" y="{1:.1}" text-anchor="end">{2}</text>
<rect class="{class}" x="{LEFT}" y="{top:.1}" width="{3:.1}" height="{BAR}"/>
<line class="range" x1="{4:.1}" y1="{middle:.1}" x2="{5:.1}" y2="{middle:.1}"/>
<text x="{6:.1}" y="{1:.1}">{7}</text>
"#,
            LEFT - 10.0,
            middle + 4.5,
            escape(row.title),
            (spread.median * scale).max(1.0),
            at(spread.least),
            at(spread.most),
            at(spread.most) + 8.0,
            number(spread.median),
        );
    }
    svg + "</svg>\n"
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
