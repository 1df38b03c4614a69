//! The servers that are compared, and how each is started.

use crate::dialect::Dialect;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a server is, and what it speaks.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) dialect: Dialect,
    pub(crate) pid: u32,
}

/// A server as `servers.toml` describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Its name for people.
    pub(crate) title: String,
    /// What it speaks.
    speaks: Dialect,
    /// The program and its arguments. `{port}` and `{data}`, a fresh folder, are filled in.
    command: Vec<String>,
    /// Further arguments where each message has to be committed.
    #[serde(default)]
    durable: Vec<String>,
}

/// All of them, by name.
pub(crate) type Servers = BTreeMap<String, Server>;

/// Reads `servers.toml`.
pub(crate) fn read(path: &Path) -> Result<Servers, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// A server that runs until this is dropped.
pub(crate) struct Running {
    child: Child,
    target: Target,
    /// Removed when the server has ended.
    _data: tempfile::TempDir,
}

impl Server {
    /// Starts it in a fresh folder under `scratch`, which should be on a disk. What it prints goes to `log`.
    pub(crate) fn start(&self, durable: bool, scratch: &Path, log: &Path) -> io::Result<Running> {
        fs::create_dir_all(scratch)?;
        let data = tempfile::tempdir_in(scratch)?;
        let port = free_port()?;
        let fill = |argument: &String| {
            let folder = data.path().display().to_string();
            let filled = argument.replace("{port}", &port.to_string());
            filled.replace("{data}", &folder)
        };
        let durable: &[String] = if durable { &self.durable } else { &[] };
        let mut words = self.command.iter().chain(durable).map(fill);
        let program = words.next().unwrap_or_default();
        let log = File::create(log)?;
        let child = Command::new(&program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))?;
        let target = Target {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            dialect: self.speaks,
            pid: child.id(),
        };
        let mut running = Running {
            child,
            target,
            _data: data,
        };
        running.wait()?;
        Ok(running)
    }
}

impl Running {
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// Waits until it accepts connections.
    fn wait(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(self.target.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("it has ended: {status}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::other("it does not accept connections"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn every_server_that_a_scenario_names_is_described() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let servers = read(&home.join("servers.toml")).unwrap();
        for scenario in Scenario::read_all(&home.join("scenarios")).unwrap() {
            for name in &scenario.servers {
                assert!(servers.contains_key(name), "{}: {name}", scenario.name);
            }
        }
        for (name, server) in servers {
            let command = server.command.join(" ");
            assert!(command.contains("{port}"), "{name}");
        }
    }
}
