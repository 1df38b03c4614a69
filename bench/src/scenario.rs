//! What is done to a server, read from a file.

use crate::ledger::Seating;
use crate::outcome::Figure;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a scenario cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScenarioError {
    #[error("{}: {error}", path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: {error}", path.display())]
    Malformed {
        path: PathBuf,
        error: Box<toml::de::Error>,
    },
    #[error("{}: {reason}", path.display())]
    Senseless { path: PathBuf, reason: &'static str },
}

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The name of its file.
    #[serde(skip)]
    pub(crate) name: String,
    /// A few words.
    pub(crate) title: String,
    /// What happens, in a sentence or two.
    pub(crate) about: String,
    /// Who takes part.
    pub(crate) servers: Vec<String>,
    /// How many clients are connected.
    pub(crate) connections: usize,
    /// Over how many accounts they are spread, on servers that have accounts; each has its own where it is left out.
    accounts: Option<usize>,
    /// How many rooms there are.
    pub(crate) rooms: usize,
    /// In how many of them each account is.
    #[serde(default = "one")]
    pub(crate) rooms_each: usize,
    /// What is sent; nothing where the clients are idle.
    pub(crate) load: Option<Load>,
    /// Seconds of load before the measurement.
    #[serde(default = "one_second")]
    warm_up: f64,
    /// Seconds of the measurement.
    #[serde(default = "four_seconds")]
    duration: f64,
    /// What has to come out.
    #[serde(default)]
    pub(crate) bars: Vec<Bar>,
}

/// What is sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Load {
    /// How many members of each room send.
    pub(crate) senders: usize,
    /// Messages that each sender has under way at any time.
    window: Option<u32>,
    /// Messages per second of all senders together, whatever the server does.
    rate: Option<f64>,
    /// When a message has arrived, which is also what is counted and timed.
    #[serde(default)]
    pub(crate) until: Until,
    /// Characters of a message.
    #[serde(default = "hundred")]
    pub(crate) payload: usize,
    /// The peers commit each message to a database, too; Parlor always does.
    #[serde(default)]
    pub(crate) durable: bool,
}

/// When a message counts as done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Until {
    /// When every member has it.
    #[default]
    Delivered,
    /// When its sender is told that it is stored.
    Acknowledged,
}

/// When messages leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// As many as this of each sender are under way.
    Window(u32),
    /// So many microseconds lie between two messages.
    Every(f64),
}

/// What has to come out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bar {
    /// Which figure of Parlor's.
    pub(crate) figure: Figure,
    /// Compared with whose; the figure itself where nobody is named.
    pub(crate) against: Option<String>,
    /// How much it is, or how many times as much as the other's, at least.
    pub(crate) at_least: Option<f64>,
    /// And at most.
    pub(crate) at_most: Option<f64>,
}

fn one() -> usize {
    1
}

fn hundred() -> usize {
    100
}

fn one_second() -> f64 {
    1.0
}

fn four_seconds() -> f64 {
    4.0
}

impl Scenario {
    /// Reads one.
    pub(crate) fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(path, &text)
    }

    /// Reads all of a folder, in the order of their names.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Self>, ScenarioError> {
        let unreadable = |error| ScenarioError::Unreadable {
            path: folder.to_owned(),
            error,
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                paths.push(path);
            }
        }
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let mut scenario: Self =
            toml::from_str(text).map_err(|error| ScenarioError::Malformed {
                path: path.to_owned(),
                error: Box::new(error),
            })?;
        let stem = path.file_stem().unwrap_or_default();
        // Files are put in order by a number in front of the name.
        let stem = stem.to_string_lossy();
        let in_order = |c: char| c.is_ascii_digit() || c == '-';
        stem.trim_start_matches(in_order)
            .clone_into(&mut scenario.name);
        match scenario.flaw() {
            None => Ok(scenario),
            Some(reason) => Err(ScenarioError::Senseless {
                path: path.to_owned(),
                reason,
            }),
        }
    }

    fn flaw(&self) -> Option<&'static str> {
        let accounts = self.accounts();
        if self.connections == 0 || self.rooms == 0 || accounts == 0 {
            return Some("nobody, nowhere");
        }
        if self.rooms_each == 0 || self.rooms_each > self.rooms {
            return Some("rooms_each has to be 1 to the number of rooms");
        }
        if !(self.duration > 0.0 && self.warm_up >= 0.0) {
            return Some("times have to be above zero");
        }
        if self
            .bars
            .iter()
            .any(|bar| bar.at_least.is_none() && bar.at_most.is_none())
        {
            return Some("a bar needs at_least or at_most");
        }
        let load = self.load.as_ref()?;
        if accounts != self.connections {
            return Some("who sends or is sent to has an account of their own");
        }
        if !(self.connections * self.rooms_each).is_multiple_of(self.rooms) {
            return Some("rooms of different sizes");
        }
        if load.senders == 0 || load.senders > self.connections * self.rooms_each / self.rooms {
            return Some("senders have to be 1 to the number of members");
        }
        match (load.window, load.rate) {
            (Some(1..), None) => None,
            (None, Some(rate)) if rate > 0.0 => None,
            _ => Some("either a window or a rate, above zero"),
        }
    }

    /// Accounts, no more than connections.
    pub(crate) fn accounts(&self) -> usize {
        self.accounts
            .unwrap_or(self.connections)
            .min(self.connections)
    }

    /// Connects only so many clients.
    pub(crate) fn limit_connections(&mut self, most: usize) {
        self.connections = self.connections.min(most);
    }

    /// Lasts so many seconds instead.
    pub(crate) fn last(&mut self, seconds: Option<f64>) {
        if let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) {
            self.duration = seconds;
        }
    }

    pub(crate) fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(self.warm_up)
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.duration)
    }

    /// The rooms of an account.
    pub(crate) fn rooms_of(&self, account: usize) -> impl Iterator<Item = usize> + use<> {
        let (each, rooms) = (self.rooms_each, self.rooms);
        (0..each).map(move |n| (account * each + n) % rooms)
    }

    /// Who is where. In each room other members are the ones that send.
    pub(crate) fn seating(&self) -> Seating {
        let mut rooms = vec![Vec::new(); self.rooms];
        for client in 0..self.connections {
            for room in self.rooms_of(client % self.accounts()) {
                rooms[room].push(client);
            }
        }
        let senders = self.load.as_ref().map_or(0, |load| load.senders);
        let of_room = |(room, members): (usize, &Vec<usize>)| {
            let chosen = members.iter().cycle().skip(room % members.len().max(1));
            let chosen = chosen.take(senders).map(move |client| (*client, room));
            chosen.collect::<Vec<_>>()
        };
        let senders = rooms.iter().enumerate().flat_map(of_room).collect();
        Seating { rooms, senders }
    }
}

impl Load {
    pub(crate) fn pace(&self) -> Pace {
        match (self.window, self.rate) {
            (Some(window), _) => Pace::Window(window),
            (None, rate) => Pace::Every(1e6 / rate.unwrap_or(1.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str =
        "title = 'A room'\nabout = 'x'\nservers = ['parlor']\nconnections = 20\nrooms = 2\n";

    fn parse(rest: &str) -> Result<Scenario, ScenarioError> {
        Scenario::parse(
            Path::new("bench/scenarios/20-a-room.toml"),
            &format!("{ROOM}{rest}"),
        )
    }

    #[test]
    fn a_scenario_says_what_is_sent_and_what_must_come_out() {
        let rest = "[load]\nsenders = 5\nrate = 200\n[[bars]]\nfigure = 'p99_ms'\nagainst = 'node'\nat_most = 1\n";
        let scenario = parse(rest).unwrap();
        let load = scenario.load.as_ref().unwrap();
        assert_eq!(scenario.name, "a-room");
        assert_eq!(load.pace(), Pace::Every(5_000.0));
        assert_eq!((load.until, load.payload), (Until::Delivered, 100));
        assert_eq!(scenario.accounts(), 20);
        assert_eq!(scenario.rooms_of(7).collect::<Vec<_>>(), [1]);
        assert_eq!(scenario.bars[0].against.as_deref(), Some("node"));
    }

    #[test]
    fn the_idle_are_in_several_rooms() {
        let mut scenario = parse("accounts = 10\nrooms_each = 2\n").unwrap();
        assert_eq!(scenario.rooms_of(3).collect::<Vec<_>>(), [0, 1]);
        scenario.limit_connections(5);
        assert_eq!((scenario.connections, scenario.accounts()), (5, 5));
    }

    #[test]
    fn everybody_sends_in_another_room() {
        let scenario = "title = 'x'\nabout = 'x'\nservers = []\nconnections = 4\nrooms = 4\nrooms_each = 2\n\
            [load]\nsenders = 1\nwindow = 1\n";
        let scenario = Scenario::parse(Path::new("x.toml"), scenario).unwrap();
        let seating = scenario.seating();
        assert_eq!(seating.rooms, [[0, 2], [0, 2], [1, 3], [1, 3]]);
        assert_eq!(seating.senders, [(0, 0), (2, 1), (1, 2), (3, 3)]);
    }

    #[test]
    fn nonsense_is_refused() {
        for rest in [
            "rooms_each = 3\n",
            "accounts = 0\n",
            "duration = 0.0\n",
            "colour = 'red'\n",
            "[load]\nsenders = 1\n",
            "[load]\nsenders = 1\nwindow = 1\nrate = 5\n",
            "[load]\nsenders = 11\nwindow = 1\n",
            "accounts = 10\n[load]\nsenders = 1\nwindow = 1\n",
            "[[bars]]\nfigure = 'p99_ms'\n",
            "[[bars]]\nfigure = 'beauty'\nat_least = 1\n",
        ] {
            assert!(parse(rest).is_err(), "{rest}");
        }
    }

    #[test]
    fn every_scenario_of_the_comparison_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let scenarios = Scenario::read_all(&folder).unwrap();
        assert!(!scenarios.is_empty());
        for scenario in scenarios {
            assert!(
                scenario.servers.contains(&"parlor".to_owned()),
                "{}",
                scenario.name
            );
            for bar in &scenario.bars {
                let against = bar.against.iter();
                assert!(
                    against
                        .into_iter()
                        .all(|name| scenario.servers.contains(name))
                );
            }
        }
    }
}
