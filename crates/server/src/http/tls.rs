//! HTTPS, with a certificate of the operator's or one that the server signs itself.

use crate::app::StartError;
use crate::kernel::config::{Config, Tls};
use parlor_protocol::Timestamp;
use rcgen::{CertificateParams, CertifiedKey, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// A certificate of our own is signed anew at the first start after this time.
const SIGNED_ANEW: Duration = Duration::from_hours(365 * 24);
/// What our own certificate says it lasts, in days: some clients believe none that lasts longer than 825.
const LASTS_DAYS: u32 = 800;
const DAY: Duration = Duration::from_hours(24);

/// What makes connections encrypted; `None` where the settings leave them plain.
pub(super) fn acceptor(config: &Config, now: Timestamp) -> Result<Option<TlsAcceptor>, StartError> {
    let (certificate, key) = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::SelfSigned => own(config, now)?,
        Tls::Files { certificate, key } => (certificate.clone(), key.clone()),
    };
    let chain = CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(|error| fail(&certificate, error))?;
    let secret = PrivateKeyDer::from_pem_file(&key).map_err(|error| fail(&key, error))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            let builder = builder.with_no_client_auth();
            builder.with_single_cert(chain, secret)
        })
        .map_err(|error| fail(&certificate, error))?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(tls))))
}

/// The certificate in the data directory, signed now where there is none or it is old.
fn own(config: &Config, now: Timestamp) -> Result<(PathBuf, PathBuf), StartError> {
    let folder = config.data_dir.join("tls");
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let age = fs::metadata(&certificate).and_then(|file| file.modified());
    let age = age.ok().and_then(|modified| modified.elapsed().ok());
    if age.is_some_and(|age| age < SIGNED_ANEW) && key.exists() {
        return Ok((certificate, key));
    }
    let made = sign(names(config), now).map_err(|error| fail(&certificate, error))?;
    fs::create_dir_all(&folder).map_err(|error| fail(&folder, error))?;
    write_private(&key, &made.signing_key.serialize_pem()).map_err(|error| fail(&key, error))?;
    fs::write(&certificate, made.cert.pem()).map_err(|error| fail(&certificate, error))?;
    Ok((certificate, key))
}

/// What the certificate is for: this machine, where the server listens, and the names it was given.
fn names(config: &Config) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let ip: IpAddr = config.listen.ip();
    if !ip.is_unspecified() && !ip.is_loopback() {
        names.push(ip.to_string());
    }
    names.extend(config.allowed_hosts.iter().filter_map(|host| {
        let host = host.parse::<http::uri::Authority>().ok()?.host().to_owned();
        Some(host.trim_matches(['[', ']']).to_owned())
    }));
    names
}

fn sign(names: Vec<String>, now: Timestamp) -> Result<CertifiedKey<KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Parlor");
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    // A day earlier, for clients whose clocks are behind.
    params.not_before = epoch + Duration::from_millis(now.0.unsigned_abs()) - DAY;
    params.not_after = params.not_before + DAY * LASTS_DAYS;
    let signing_key = KeyPair::generate()?;
    let cert = params.self_signed(&signing_key)?;
    Ok(CertifiedKey { cert, signing_key })
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

fn fail(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::Io(path.display().to_string(), io::Error::other(error))
}
