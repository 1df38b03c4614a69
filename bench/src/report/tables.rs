//! One scenario as a chapter: what happens, the plots, the table.

use super::{Chapter, Row};
use crate::outcome::{Figure, Outcome};
use crate::scenario::Until;

const IDLE: [Figure; 4] = [
    Figure::KibPerConnection,
    Figure::RssStartedMib,
    Figure::RssConnectedMib,
    Figure::CpuPerConnectUs,
];
const LOADED: [Figure; 4] = [
    Figure::PerCpuSecond,
    Figure::PerSecond,
    Figure::P50Ms,
    Figure::P99Ms,
];
const WRONG: [Figure; 3] = [Figure::Lost, Figure::Duplicated, Figure::Reordered];

pub(super) fn chapter(chapter: &Chapter<'_>, images: &str) -> String {
    let scenario = chapter.scenario;
    let mut text = format!("## {}\n\n{}\n", scenario.title, scenario.about);
    let connected = chapter.rows.iter().flat_map(|row| &row.outcomes);
    let fewest = connected.map(|outcome| outcome.connections).min();
    if let Some(fewest) = fewest.filter(|fewest| *fewest < scenario.connections) {
        text += &format!(
            "Connected were {fewest}, not {}: the system allowed no more open files to a process.\n",
            scenario.connections
        );
    }
    text += &match &scenario.load {
        Some(load) if load.until == Until::Acknowledged => {
            "Counted are acknowledgements.\n".to_owned()
        }
        Some(_) => "Counted are deliveries.\n".to_owned(),
        None => String::new(),
    };
    text += &format!("\n{images}\n");
    text += &table(chapter);
    text + "\n"
}

fn table(chapter: &Chapter<'_>) -> String {
    let loaded = chapter.scenario.load.is_some();
    let figures = if loaded { LOADED } else { IDLE };
    let mut head = vec!["server"];
    head.extend(figures.iter().map(|figure| figure.title()));
    if loaded {
        head.push("lost, twice, out of order");
    }
    let mut text = format!(
        "| {} |\n|{}\n",
        head.join(" | "),
        " --- |".repeat(head.len())
    );
    for row in &chapter.rows {
        let mut cells = vec![title(row)];
        let spread = |figure: &Figure| row.spread(*figure).map(super::Spread::text);
        cells.extend(
            figures
                .iter()
                .map(|figure| spread(figure).unwrap_or_default()),
        );
        if loaded {
            cells.push(WRONG.map(|figure| total(row, figure)).join(", "));
        }
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// With what went wrong, where something did.
fn title(row: &Row<'_>) -> String {
    let (failed, all) = (row.failures.len(), row.failures.len() + row.outcomes.len());
    let mut title = row.title.to_owned();
    if failed > 0 {
        title += &format!(" ({failed} of {all} failed)");
    }
    let gone: usize = row
        .outcomes
        .iter()
        .map(|outcome| outcome.disconnected)
        .sum();
    if gone > 0 {
        title += &format!(" ({gone} connections lost)");
    }
    title
}

/// Over all rounds: here nothing is averaged away.
fn total(row: &Row<'_>, figure: Figure) -> String {
    let of = |outcome: &&Outcome| figure.of(outcome);
    super::numbers::number(row.outcomes.iter().map(of).sum())
}
