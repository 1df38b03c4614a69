//! Tables and plots of many measurements, written into a page between two marks; the rest of the page is by hand.

#![expect(
    clippy::format_push_string,
    reason = "reads better, and a report is written once"
)]

mod bars;
mod numbers;
mod plot;
mod tables;

use crate::outcome::{Figure, Outcome};
use crate::scenario::Scenario;
use crate::servers::{self, Servers};
use numbers::Spread;
use std::error::Error;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- figures: written by bench/report -->";
const END: &str = "<!-- end of the figures -->";

/// The measurements of one server in one scenario.
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    outcomes: Vec<&'a Outcome>,
    failures: Vec<&'a Outcome>,
}

impl Row<'_> {
    fn spread(&self, figure: Figure) -> Option<Spread> {
        Spread::of(self.outcomes.iter().map(|outcome| figure.of(outcome)))
    }
}

/// What is told of one scenario.
struct Chapter<'a> {
    scenario: &'a Scenario,
    rows: Vec<Row<'a>>,
}

impl Chapter<'_> {
    fn row(&self, name: &str) -> Option<&Row<'_>> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// The figure that is drawn.
    fn headline(&self) -> Figure {
        match &self.scenario.load {
            None => Figure::KibPerConnection,
            Some(load) if load.durable => Figure::PerSecond,
            Some(_) => Figure::PerCpuSecond,
        }
    }
}

/// Writes them.
pub(crate) fn write(asked: &crate::Report) -> Result<(), Box<dyn Error>> {
    let servers = servers::read(&asked.home.join("servers.toml"))?;
    let scenarios = Scenario::read_all(&asked.home.join("scenarios"))?;
    let outcomes = read(&asked.results)?;
    let chapters: Vec<Chapter<'_>> = scenarios
        .iter()
        .map(|scenario| chapter(scenario, &servers, &outcomes))
        .filter(|chapter| !chapter.rows.is_empty())
        .collect();

    let folder = asked.page.with_extension("");
    fs::create_dir_all(&folder)?;
    let mut text = bars::table(&chapters);
    for chapter in &chapters {
        let figures = [chapter.headline(), Figure::P99Ms];
        let drawn = if chapter.scenario.load.is_some() {
            2
        } else {
            1
        };
        let mut images = String::new();
        for figure in &figures[..drawn] {
            let name = format!("{}-{}.svg", chapter.scenario.name, plot::slug(*figure));
            fs::write(folder.join(&name), plot::draw(chapter, *figure))?;
            let folder = folder.file_name().unwrap_or_default().to_string_lossy();
            images += &format!(
                "![{}: {}]({folder}/{name})\n",
                chapter.scenario.title,
                figure.title()
            );
        }
        text += &tables::chapter(chapter, &images);
    }
    let page = fs::read_to_string(&asked.page)?;
    fs::write(&asked.page, replace(&page, &text)?)?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let outcomes = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>();
    Ok(outcomes?)
}

fn chapter<'a>(
    scenario: &'a Scenario,
    servers: &'a Servers,
    outcomes: &'a [Outcome],
) -> Chapter<'a> {
    let row = |name: &'a String| {
        let own = |outcome: &&Outcome| outcome.scenario == scenario.name && outcome.server == *name;
        let (outcomes, failures): (Vec<_>, Vec<_>) = outcomes
            .iter()
            .filter(own)
            .partition(|outcome| outcome.error.is_none());
        let title = servers
            .get(name)
            .map_or(name.as_str(), |server| &server.title);
        let row = Row {
            name,
            title,
            outcomes,
            failures,
        };
        (!row.outcomes.is_empty() || !row.failures.is_empty()).then_some(row)
    };
    Chapter {
        scenario,
        rows: scenario.servers.iter().filter_map(row).collect(),
    }
}

/// The page with this between the marks.
fn replace(page: &str, text: &str) -> Result<String, String> {
    let parts = page
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) =
        parts.ok_or_else(|| format!("the page lacks the line {BEGIN} or {END}"))?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        text.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = "title = 'A room'\nabout = 'People talk.'\nservers = ['parlor', 'node']\nconnections = 10\n\
        rooms = 1\n[load]\nsenders = 1\nwindow = 1\n[[bars]]\nfigure = 'per_cpu_second'\nagainst = 'node'\n\
        at_least = 3\n[[bars]]\nfigure = 'reordered'\nat_most = 0\n";

    fn outcome(server: &str, per_cpu_second: f64, reordered: u64) -> Outcome {
        Outcome {
            scenario: "room".to_owned(),
            server: server.to_owned(),
            per_cpu_second,
            reordered,
            ..Outcome::default()
        }
    }

    #[test]
    fn a_page_gets_its_tables_plots_and_verdicts() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        fs::create_dir(path("scenarios")).unwrap();
        fs::write(path("scenarios/10-room.toml"), SCENARIO).unwrap();
        let servers = "[parlor]\ntitle = 'Parlor'\nspeaks = 'parlor'\ncommand = []\n\
            [node]\ntitle = 'Node <1>'\nspeaks = 'plain'\ncommand = []\n";
        fs::write(path("servers.toml"), servers).unwrap();
        let broken = Outcome {
            error: Some("it has ended".to_owned()),
            ..outcome("node", 0.0, 0)
        };
        let lines: Vec<String> = [
            outcome("parlor", 300_000.0, 0),
            outcome("parlor", 900_000.0, 0),
            outcome("parlor", 500_000.0, 2),
            outcome("node", 100_000.0, 0),
            broken,
        ]
        .iter()
        .map(|outcome| serde_json::to_string(outcome).unwrap())
        .collect();
        fs::write(path("measured.jsonl"), lines.join("\n")).unwrap();
        fs::write(
            path("page.md"),
            format!("Before\n{BEGIN}\nold\n{END}\nAfter\n"),
        )
        .unwrap();

        let asked = crate::Report {
            home: home.path().to_owned(),
            results: path("measured.jsonl"),
            page: path("page.md"),
        };
        write(&asked).unwrap();
        let page = fs::read_to_string(path("page.md")).unwrap();
        assert!(
            page.starts_with("Before\n") && page.ends_with("After\n"),
            "{page}"
        );
        assert!(!page.contains("old"), "{page}");
        assert!(page.contains("500k (300k–900k)"), "{page}");
        assert!(page.contains("5.0 ×"), "the ratio of the medians: {page}");
        assert!(page.contains("1 of 2 failed"), "{page}");
        // The worst of all rounds decides whether anything was lost, or came twice or out of order.
        assert!(page.contains("**no**"), "{page}");
        let plot = fs::read_to_string(path("page/room-per-cpu-second.svg")).unwrap();
        assert!(
            plot.contains("Node &lt;1&gt;") && plot.contains("prefers-color-scheme"),
            "{plot}"
        );
        write(&asked).unwrap();
        assert_eq!(
            fs::read_to_string(path("page.md")).unwrap(),
            page,
            "again the same"
        );
    }

    #[test]
    fn a_page_without_the_marks_is_left_alone() {
        assert!(replace("text", "x").is_err());
        assert!(replace(&format!("{END}{BEGIN}"), "x").is_err());
    }
}
