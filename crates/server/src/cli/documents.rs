//! `parlor openapi` and `parlor asyncapi`: the API's description on standard output.

use super::Failed;
use crate::apidocs;
use crate::app::App;
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Prints the OpenAPI document. It comes from the routes, so the server is built for it, over a database of no use.
pub(super) async fn openapi() -> Result<ExitCode, Failed> {
    let folder = Scratch(std::env::temp_dir().join(format!("parlor-{}", std::process::id())));
    let config = Config {
        data_dir: folder.0.clone(),
        ..Config::default()
    };
    let (app, _delivery) = App::build(config, Clock::system()).await?;
    print(&apidocs::openapi(&app))?;
    app.kernel.jobs.shut_down(Duration::from_secs(5)).await;
    Ok(ExitCode::SUCCESS)
}

/// Prints the AsyncAPI document.
pub(super) fn asyncapi() -> Result<ExitCode, Failed> {
    print(&apidocs::asyncapi())?;
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) -> std::io::Result<()> {
    std::io::stdout().write_all(text.as_bytes())
}

/// A folder that is gone in the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
