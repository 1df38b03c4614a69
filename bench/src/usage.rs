//! Processor time and memory of processes, from `/proc`.

use std::collections::HashMap;
use std::fs;

/// What a process and all that it started have used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Seconds in its own code.
    pub(crate) user: f64,
    /// Seconds in the kernel on its behalf.
    pub(crate) system: f64,
    /// KiB in memory now.
    pub(crate) resident: f64,
}

impl Usage {
    /// Of this process and its descendants.
    pub(crate) fn of(pid: u32) -> Self {
        let mut total = Self::default();
        for pid in family(pid) {
            total.add(pid);
        }
        total
    }

    /// Of this process alone.
    pub(crate) fn own() -> Self {
        let mut total = Self::default();
        total.add(std::process::id());
        total
    }

    fn add(&mut self, pid: u32) {
        let read =
            |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let (_, user, system) = parse_stat(&read("stat")).unwrap_or_default();
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        self.user += user as f64 / ticks;
        self.system += system as f64 / ticks;
        self.resident += parse_resident(&read("status")).unwrap_or_default() as f64;
    }

    /// Seconds of processor time.
    pub(crate) fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

fn family(pid: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        if let Some(child) = name.to_str().and_then(|name| name.parse().ok())
            && let Ok(stat) = fs::read_to_string(entry.path().join("stat"))
            && let Some((parent, _, _)) = parse_stat(&stat)
        {
            children.entry(parent).or_default().push(child);
        }
    }
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(member) = family.get(next) {
        family.extend(children.remove(member).unwrap_or_default());
        next += 1;
    }
    family
}

/// The parent, and the ticks in user and system mode. The name before them may hold anything, brackets too.
fn parse_stat(stat: &str) -> Option<(u32, u64, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let (user, system) = (fields.get(11)?.parse().ok()?, fields.get(12)?.parse().ok()?);
    Some((parent, user, system))
}

fn parse_resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_behind_any_name() {
        let stat = "41 (a ) b) S 7 41 41 0 -1 4194560 1 0 0 0 250 31 5 6 20 0 3 0 99 1 2 3";
        assert_eq!(parse_stat(stat), Some((7, 250, 31)));
        assert_eq!(parse_stat("41 (cut"), None);
        let status = "Name:\tx\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\n";
        assert_eq!(parse_resident(status), Some(512));
    }

    #[test]
    fn this_process_uses_something_and_belongs_to_its_family() {
        let pid = std::process::id();
        assert!(family(pid).contains(&pid));
        assert!(Usage::own().resident > 0.0);
        assert!(Usage::of(pid).resident >= Usage::own().resident / 2.0);
    }
}
