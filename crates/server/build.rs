//! Builds the browser client into `OUT_DIR/web`, from where `src/web.rs` embeds it.
//!
//! Works only with the feature `web`. `PARLOR_WEB_DIST=/path` takes a client built before, `PARLOR_WEB=skip`
//! leaves it out; otherwise Node builds it from `web/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io};

/// What the client is made of, relative to `web/`; never `node_modules`, `generated` or `dist`. Its wire types come from the
/// documents of the interface.
const SOURCES: &[&str] = &[
    "../docs/openapi.json",
    "../docs/asyncapi.json",
    "scripts",
    "src",
    "public",
    "index.html",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
    ".npmrc",
];

const REMEDY: &str = "Install Node 20.19 or >= 22.12 (apt install nodejs npm), or set PARLOR_WEB_DIST=/path/to/prebuilt/dist, \
                      or PARLOR_WEB=skip, or build with --no-default-features";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["PARLOR_WEB", "PARLOR_WEB_DIST"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    if setting("CARGO_FEATURE_WEB").is_none() {
        return;
    }
    if let Err(report) = provide_client() {
        // Cargo shows these lines first and fails the build.
        report
            .lines()
            .for_each(|line| println!("cargo::error={line}"));
    }
}

/// Fills `OUT_DIR/web`; the error is a report for whoever builds.
fn provide_client() -> Result<(), String> {
    let out = PathBuf::from(setting("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let dist = out.join("web");
    // Cleared first, or files of an earlier build would stay embedded.
    fresh(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    if setting("PARLOR_WEB").as_deref() == Some("skip") {
        return Ok(());
    }
    if let Some(prebuilt) = setting("PARLOR_WEB_DIST") {
        return take_prebuilt(Path::new(&prebuilt), &dist);
    }
    // Asked at run time: one build script serves every checkout that shares a target folder.
    let package = setting("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let web = Path::new(&package).join("../../web");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    check_node()?;
    install_packages(&web, &out.join("installed-package-lock.json"))?;
    run(
        npm(&web)
            .args(["run", "build", "--", "--emptyOutDir", "--outDir"])
            .arg(&dist),
        "building the web client",
    )
}

fn take_prebuilt(from: &Path, dist: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", from.display());
    if !from.join("index.html").is_file() {
        return Err(format!(
            "PARLOR_WEB_DIST={} holds no index.html",
            from.display()
        ));
    }
    copy_folder(from, dist).map_err(|error| format!("copying {}: {error}", from.display()))
}

/// Fails unless a Node that is new enough answers.
fn check_node() -> Result<(), String> {
    let output = match Command::new("node").arg("--version").output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(format!(
                "Node.js was not found on PATH; it is needed to build the web client.\n{REMEDY}"
            ));
        }
        Err(error) => return Err(format!("node --version: {error}\n{REMEDY}")),
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match parse_version(&version) {
        Some(found) if bundler_runs_on(found) => Ok(()),
        _ => Err(format!(
            "Node.js {version} cannot build the web client.\n{REMEDY}"
        )),
    }
}

/// As `engines` in `web/package.json` says.
fn bundler_runs_on((major, minor): (u32, u32)) -> bool {
    (major == 20 && minor >= 19) || (major, minor) >= (22, 12)
}

/// `v20.19.1` → `(20, 19)`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs what the lock file names, unless that was done before for the same lock file.
fn install_packages(web: &Path, stamp: &Path) -> Result<(), String> {
    let lock_path = web.join("package-lock.json");
    let lock = fs::read(&lock_path).map_err(|error| format!("{}: {error}", lock_path.display()))?;
    let installed =
        web.join("node_modules").is_dir() && fs::read(stamp).is_ok_and(|stamped| stamped == lock);
    if installed {
        return Ok(());
    }
    run(
        npm(web).args(["ci", "--no-audit", "--no-fund"]),
        "installing the web client's packages",
    )?;
    fs::write(stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn npm(web: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(web);
    command
}

/// Runs a command and relays what it said where it failed.
fn run(command: &mut Command, doing: &str) -> Result<(), String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| format!("{doing}: npm could not be started: {error}\n{REMEDY}"))?;
    if status.success() {
        return Ok(());
    }
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
    Err(format!("{doing} failed ({status}):\n{}", said.trim()))
}

fn fresh(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script is told everything through its environment"
)]
fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
